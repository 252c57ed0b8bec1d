"""What two servers answer differently about the same files, and whether that is known.

differential.py URL ORTHANC TABLE short|long FOLDER…

Both get every file by STOW-RS; then QIDO-RS, metadata and frames are asked of both. Each difference is
one line, `part | what | where | detail | file`, and must match an entry of TABLE, which says who is
right. Where values or samples differ, pydicom and imagecodecs say what the file has, and the detail ends
with their word: `; file: here`, `there`, `both`, `neither`, or `unknown` where they cannot tell. No entry
may hold us right against that word, and an entry with `judge = "file"` needs it. In the long form every
file is used, and an entry that matches nothing fails too.
"""

import base64
import collections
import io
import json
import os
import re
import sys
import tomllib
import warnings
from concurrent.futures import ThreadPoolExecutor

import pydicom
import requests

import file_judge

warnings.simplefilter("ignore")
ours, theirs, table, form = sys.argv[1:5]
LONG = form == "long"
SERVERS = (f"{ours}/dicom-web", f"{theirs}/dicom-web")
JSON = {"Accept": "application/dicom+json"}
LARGEST = 30_000_000 if LONG else 400_000  # bytes of a file
EACH = 1 if LONG else 4  # of the files, every which one
session = requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=8))
differences = []


def differ(part, what, where, detail="", file=""):
    differences.append(f"{part} | {what} | {where} | {detail} | {file}".replace("\n", " "))


def readable():
    """The files that pydicom reads, one an instance, as (path without its root, bytes, data set)."""
    seen = collections.Counter()
    found = []
    for root in sys.argv[5:]:
        for where, _, names in sorted(os.walk(root)):
            for name in sorted(names):
                path = os.path.join(where, name)
                if os.path.getsize(path) > LARGEST:
                    continue
                try:
                    data = open(path, "rb").read()
                    file = pydicom.dcmread(path, stop_before_pixels=True)
                    ids = file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID
                    file.file_meta.TransferSyntaxUID
                except Exception:  # pydicom raises whatever it meets
                    continue
                # Two files of one instance: which one is shown is not this test's matter.
                seen[ids[2]] += 1
                if all(ids) and seen[ids[2]] == 1:
                    found.append((os.path.relpath(path, root), data, file))
    found = [row for row in found if seen[row[2].SOPInstanceUID] == 1]
    return [row for row in found[::EACH] if agrees(row[2])]


# What the files of a study and of a series must agree on, because it is the patient's, the study's or the
# series' and not the file's (PS3.3 §A.1.2.1 to §A.1.2.3): which of several values is shown where they do not
# is each server's own affair.
STUDY = ("PatientID", "PatientName", "PatientSex", "PatientBirthDate", "StudyDate", "StudyTime",
         "AccessionNumber", "StudyID", "StudyDescription", "ReferringPhysicianName",
         "TimezoneOffsetFromUTC", "SpecificCharacterSet")
SERIES = ("StudyInstanceUID", "Modality", "SeriesNumber", "SeriesDescription",
          "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime")
known = {}


def agrees(file):
    try:
        study = [str(file.get(keyword)) for keyword in STUDY]
        series = [str(file.get(keyword)) for keyword in SERIES]
    except Exception:
        return False
    return (
        known.setdefault(file.StudyInstanceUID, study) == study
        and known.setdefault(file.SeriesInstanceUID, series) == series
    )


def failure(part, server, status, where):
    """A server's own failure (RFC 9110 §15.6) is one, whatever the other one answers."""
    if status >= 500 and server == SERVERS[0]:
        differ(part, "failure", status, "", where)


def store(row):
    """Sends a file to both; whether both took it."""
    path, data, file = row
    head = b'--b\r\nContent-Type: application/dicom\r\n\r\n'
    taken = []
    for server in SERVERS:
        answer = session.post(
            f"{server}/studies",
            data=head + data + b"\r\n--b--\r\n",
            headers={"Content-Type": 'multipart/related; type="application/dicom"; boundary=b', **JSON},
        )
        told = answer.json() if answer.status_code < 300 else {}
        if told.get("00081198") == {"vr": "SQ"}:
            differ("stow", "empty FailedSOPSequence", "here" if server == SERVERS[0] else "there")
        failure("stow", server, answer.status_code, path)
        taken.append(answer.status_code < 300 and not told.get("00081198", {}).get("Value"))
    if taken[0] != taken[1]:
        differ("stow", "refused here" if taken[1] else "refused there", file.SOPClassUID, "", path)
    return all(taken)


def bulk(element, server):
    """Length and digest of a value that is given encoded or by reference; none where it is not to be had."""
    if "InlineBinary" in element:
        value = base64.b64decode(element["InlineBinary"])
    else:
        uri = element["BulkDataURI"]
        accept = 'multipart/related; type="application/octet-stream"'
        uri = uri if uri.startswith("http") else f"{server}/{uri}"
        answer = session.get(uri, headers={"Accept": accept})
        if answer.status_code != 200:
            return f"status {answer.status_code}"
        values = parts(answer) if "multipart" in answer.headers["Content-Type"] else [answer.content]
        value = b"".join(values)
    return file_judge.digest(value)


def plain(element, server):
    """A value without what only its writing differs in; binary ones by length and digest."""
    if "BulkDataURI" in element or "InlineBinary" in element:
        return bulk(element, server)
    value = element.get("Value", [])
    if element["vr"] in ("DS", "IS", "FL", "FD"):
        numbers = []
        for number in value:
            try:
                numbers.append(float(number))
            except (TypeError, ValueError):
                numbers.append(number)
        return numbers
    return value


def compare(part, mine, other, path, file, truth, passed=()):
    """Two DICOM JSON data sets, but for the attributes `passed`; `truth` is what pydicom read, or nothing."""
    for tag in sorted((set(mine) | set(other)) - set(passed)):
        where = f"{path}{tag}"
        if tag not in other:
            differ(part, "missing there", f"{where} {mine[tag]['vr']}", json.dumps(mine[tag])[:80], file)
        elif tag not in mine:
            differ(part, "missing here", f"{where} {other[tag]['vr']}", json.dumps(other[tag])[:80], file)
        else:
            one, two = mine[tag], other[tag]
            if one["vr"] != two["vr"]:
                differ(part, "vr", where, f"{one['vr']} here, {two['vr']} there", file)
            elif one["vr"] == "SQ":
                here, there = one.get("Value", []), two.get("Value", [])
                if len(here) != len(there):
                    word = file_judge.items(truth, tag, len(here), len(there))
                    shown = f"{len(here)} here, {len(there)} there; file: {word}"
                    differ(part, "items", where, shown, file)
                for number, (item, twin) in enumerate(zip(here, there)):
                    inner = file_judge.item(truth, tag, number)
                    compare(part, item or {}, twin or {}, f"{where}.", file, inner)
            else:
                value, twin = plain(one, SERVERS[0]), plain(two, SERVERS[1])
                if value != twin:
                    word = file_judge.word(truth, tag, value, twin, file)
                    shown = f"{json.dumps(value)[:90]} here, {json.dumps(twin)[:90]} there; file: {word}"
                    differ(part, "value", f"{where} {one['vr']}", shown, file)


def instance_path(file):
    return (
        f"/studies/{file.StudyInstanceUID}/series/{file.SeriesInstanceUID}"
        f"/instances/{file.SOPInstanceUID}"
    )


def metadata(row):
    path, data, file = row
    one, two = (session.get(f"{s}{instance_path(file)}/metadata", headers=JSON) for s in SERVERS)
    failure("metadata", SERVERS[0], one.status_code, path)
    found = [answer.status_code == 200 for answer in (one, two)]
    if all(found):
        truth = pydicom.dcmread(io.BytesIO(data))
        compare("metadata", one.json()[0], two.json()[0], "", path, truth)
    elif found[0] and two.status_code == 404:
        differ("stow", "stored but not there", file.SOPClassUID, "", path)
    else:
        differ("metadata", "status", "", f"{one.status_code} here, {two.status_code} there", path)
    return all(found)


def parts(answer):
    """The bodies of a multipart answer."""
    boundary = re.search(r'boundary="?([^";]+)', answer.headers["Content-Type"]).group(1).encode()
    bodies = answer.content.split(b"--" + boundary)[1:-1]
    return [body.split(b"\r\n\r\n", 1)[1][:-2] for body in bodies]


def frames(row):
    """The first frame, decoded and as it is stored."""
    path, data, file = row
    if not (file.get("Rows") and file.get("SamplesPerPixel")):
        return
    syntax = file.file_meta.TransferSyntaxUID
    colour = file.get("PhotometricInterpretation", "")
    asked = {"decoded": "1.2.840.10008.1.2.1", "stored": "*"}
    for kind, wanted in asked.items():
        accept = f'multipart/related; type="application/octet-stream"; transfer-syntax={wanted}'
        url = f"{instance_path(file)}/frames/1"
        one, two = (session.get(f"{s}{url}", headers={"Accept": accept}) for s in SERVERS)
        where = f"{kind} {syntax} {colour}"
        failure("frames", SERVERS[0], one.status_code, path)
        here, there = (parts(a)[0] if a.status_code == 200 else None for a in (one, two))
        if here == there and (here is not None or one.status_code == two.status_code):
            continue
        word = file_judge.frame(data, kind, here, there)
        if here is None or there is None:
            shown = f"{one.status_code} here, {two.status_code} there; file: {word}"
            differ("frames", "status", where, shown, path)
            continue
        if len(here) != len(there):
            shown = f"{len(here)} here, {len(there)} there; file: {word}"
            differ("frames", "length", where, shown, path)
            continue
        most = max(abs(a - b) for a, b in zip(here, there))
        differ("frames", "bytes", where, f"by at most {most}; file: {word}", path)


def ids(found):
    """The UIDs of each match, by which it is known."""
    tags = ("0020000D", "0020000E", "00080018")
    first = lambda match, tag: (match.get(tag, {}).get("Value") or [""])[0]
    return {tuple(first(match, tag) for tag in tags): match for match in found}


PATIENT = {"00100010": "PatientName", "00100030": "PatientBirthDate", "00100040": "PatientSex"}


def shared(rows):
    """Studies of Patient IDs that several people have: to Orthanc these are one patient, the first."""
    people = collections.defaultdict(set)
    for _, _, file in rows:
        person = [str(file.get(keyword)) for keyword in PATIENT.values()]
        people[str(file.get("PatientID"))].add(tuple(person))
    return {
        file.StudyInstanceUID for _, _, file in rows if len(people[str(file.get("PatientID"))]) > 1
    }


def ask(server, question):
    """The matches of a search, or the status that says why there are none."""
    answer = session.get(f"{server}{question}", headers=JSON)
    failure("qido", server, answer.status_code, question)
    if answer.status_code == 204:
        return []
    return answer.json() if answer.status_code == 200 else answer.status_code


def page(server, question, found):
    """How many matches a page has, and how many of all that this server finds belong on it."""
    path, query = question.split("?")
    pairs = [pair.split("=", 1) for pair in query.split("&")]
    bounds = {name: int(value) for name, value in pairs if name in ("limit", "offset")}
    rest = "&".join("=".join(pair) for pair in pairs if pair[0] not in bounds)
    left = max(0, len(ask(server, f"{path}?{rest}")) - bounds.get("offset", 0))
    return len(found), min(left, bounds.get("limit", left))


def search(question, common, mixed, truths):
    answers = [ask(server, question) for server in SERVERS]
    if int in map(type, answers):
        if answers[0] != answers[1]:
            shown = [a if isinstance(a, int) else 200 for a in answers]
            differ("qido", "status", question, f"{shown[0]} here, {shown[1]} there")
        return
    if "limit=" in question or "offset=" in question:
        # The order is the server's own affair, and some files only one of them took.
        pages = [page(server, question, found) for server, found in zip(SERVERS, answers)]
        for side, (found, expected) in zip(("here", "there"), pages):
            if found != expected:
                differ("qido", f"count {side}", question, f"{found} where {expected} are left")
        return
    one, two = map(ids, answers)
    for match in sorted(set(one) ^ set(two)):
        if match[0] not in common or match[0] in mixed and "PatientName" in question:
            continue
        where = "there" if match in one else "here"
        differ("qido", f"no match {where}", question, "/".join(match))
    for match in set(one) & set(two):
        passed = PATIENT if match[0] in mixed else ()
        path, truth = next((truths[uid] for uid in reversed(match) if uid in truths), ("", None))
        compare("qido", one[match], two[match], "", f"{question} {path}", truth, passed)


def questions(rows):
    """Searches of every kind (PS3.18 §8.3.4), made of what is in the files."""
    file = rows[0][2]
    uid = file.StudyInstanceUID
    uids = [row[2].StudyInstanceUID for row in rows[:3]]
    date = next((str(r[2].StudyDate) for r in rows if r[2].get("StudyDate")), "20040119")
    name = next((str(r[2].PatientName) for r in rows if str(r[2].get("PatientName", "")).isascii()
                 and len(str(r[2].get("PatientName", ""))) > 3), "Doe^Archibald")
    studies = (
        "",
        f"StudyInstanceUID={uid}",
        f"StudyInstanceUID={','.join(uids)}",
        f"0020000D={'%5C'.join(uids)}",
        f"PatientID={file.get('PatientID', '')}",
        f"PatientName={name}",
        f"PatientName={name[:2]}*",
        f"PatientName=*{name[1:3]}*",
        f"PatientName=?{name[1:]}",
        "PatientName=Nobody",
        f"StudyDate={date}",
        f"StudyDate={date}-",
        f"StudyDate=-{date}",
        f"StudyDate={date[:4]}0101-{date[:4]}1231",
        "ModalitiesInStudy=CT",
        "ModalitiesInStudy=MR",
        "AccessionNumber=1*",
        f"StudyInstanceUID={uid}&includefield=all",
        f"StudyInstanceUID={uid}&includefield=StudyDescription&includefield=00081080",
        f"StudyInstanceUID={uid}&includefield=StudyDescription,PatientComments",
        "limit=3",
        "limit=3&offset=2",
        "offset=2",
        "limit=0",
        "limit=x",
        "limit=-1",
        "Nonsense=1",
        "StudyDate=nonsense",
        "StudyInstanceUID=1.2.3.4.5.6.7",
    )
    for query in studies:
        yield f"/studies?{query}"
    own = f"/studies/{uid}"
    for query in ("", "Modality=CT", "Modality=C*", f"SeriesInstanceUID={file.SeriesInstanceUID}",
                  "includefield=SeriesDescription", "limit=1"):
        yield f"{own}/series?{query}"
        yield f"/series?{query}"
    for query in ("", "InstanceNumber=1", f"SOPInstanceUID={file.SOPInstanceUID}",
                  f"SOPClassUID={file.SOPClassUID}", "includefield=ImageType", "limit=1"):
        yield f"{own}/instances?{query}"
        yield f"{own}/series/{file.SeriesInstanceUID}/instances?{query}"
        yield f"/instances?{query}"
    yield "/studies/1.2.3.4.5.6.7/series"


def contradicted(entry, line):
    """Whether the file says something else than the entry does."""
    word = re.search(r"; file: (here|there|both|neither|unknown) \|", line)
    word = word and word.group(1)
    if entry.get("judge") == "file":
        return word not in ("here", "both")
    return entry["right"] == "ours" and word in ("there", "neither")


def judge():
    entries = tomllib.load(open(table, "rb"))["difference"]
    used, unknown = collections.Counter(), []
    for line in differences:
        entry = next((e for e in entries if re.search(e["line"], line)), None)
        if entry is None or contradicted(entry, line):
            unknown.append(line)
        else:
            used[entry["line"]] += 1
    for line in unknown[: None if "DIFFERENTIAL_ALL" in os.environ else 40]:
        print(line)
    right = collections.Counter()
    for entry in entries:
        print(f"{used[entry['line']]:6} {entry['right']:8} {entry['line']}")
        right[entry["right"]] += used[entry["line"]]
    print(f"{len(differences)} differences, {len(unknown)} unknown; right: {dict(right)}")
    idle = [e["line"] for e in entries if not used[e["line"]]] if LONG else []
    for line in idle:
        print("explains nothing:", line)
    return not unknown and not idle


def main():
    rows = readable()
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(store, rows))
        sent, rows = rows, [row for row, both in zip(rows, taken) if both]
        rows = [row for row, both in zip(rows, list(pool.map(metadata, rows))) if both]
        print(f"{len(sent)} files, {len(rows)} on both servers")
        list(pool.map(frames, rows))
    asked = list(questions(rows))
    mixed = shared(rows)
    # Studies of which both hold all that was sent.
    held = {row[2].SOPInstanceUID for row in rows}
    common = {row[2].StudyInstanceUID for row in rows}
    common -= {row[2].StudyInstanceUID for row in sent if row[2].SOPInstanceUID not in held}
    truths = {}
    for path, _, file in rows:
        for uid in (file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID):
            truths.setdefault(uid, (path, file))
    for question in asked:
        search(question, common, mixed, truths)
    print(f"{len(asked)} searches")
    least = 350 if LONG else 20
    if len(rows) < least:
        sys.exit(f"only {len(rows)} files on both servers, {least} at least are expected")
    sys.exit(0 if judge() else 1)


main()
