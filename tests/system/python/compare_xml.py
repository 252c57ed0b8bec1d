"""Compares the metadata that a server gives as Native DICOM Model with what dcm2xml makes of the files.

compare_xml.py URL FOLDER…
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
import xml.etree.ElementTree as ET

import pydicom

warnings.simplefilter("ignore")
url = sys.argv[1]
NUMBERS = ("DS", "IS", "FL", "FD", "US", "SS", "UL", "SL", "UV", "SV")
COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def value(element, vr):
    if local(element) == "PersonName":
        groups = {}
        for group in element:
            parts = {local(component): component.text or "" for component in group}
            groups[local(group)] = "^".join(parts.get(name, "") for name in COMPONENTS).rstrip("^")
        return "=".join(groups.get(name, "") for name in GROUPS).rstrip("=").strip()
    text = (element.text or "").strip(" \0\n\r")
    if vr in NUMBERS:
        try:
            return float(text) if text else ""
        except ValueError:
            return text
    return text


def read(parent):
    found = {}
    for attribute in parent:
        tag, vr = attribute.get("tag").upper(), attribute.get("vr")
        # The element that reserves a block says no more than privateCreator does.
        if int(tag[:4], 16) % 2 and tag[4:6] == "00" and not attribute.get("privateCreator"):
            continue
        if tag[4:] == "0000" or int(tag[:4], 16) <= 2 or tag == "00080005":
            continue
        kinds = {local(child) for child in attribute}
        if vr == "SQ":
            values = [read(child) for child in attribute]
        elif kinds & {"BulkData", "InlineBinary"}:
            values = None  # opaque: nothing to compare
        else:
            values = [value(child, vr) for child in attribute]
        while values and values[-1] == "":
            values.pop()
        key = (tag, (attribute.get("privateCreator") or "").strip())
        found[key] = (vr, attribute.get("keyword"), values)
    return found


def close(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or a != a and b != b or abs(a - b) <= 1e-5 * max(abs(a), abs(b))
    return a == b or str(a).split() == str(b).split()


def compare(theirs, ours, path, problems):
    for key, (vr, keyword, values) in theirs.items():
        where = f"{path}{key[0]}{' ' + key[1] if key[1] else ''} {vr}"
        if key not in ours:
            # dcm2xml knows private attributes by its dictionary; where it says UN they are opaque.
            if values:
                problems.append(f"{where}: missing")
            continue
        own_vr, own_keyword, own = ours[key]
        if own is None or values is None:
            continue
        if own_vr != vr:
            if key[1] or "UN" in (vr, own_vr) or {vr, own_vr} <= {"US", "SS", "OB", "OW"}:
                continue
            problems.append(f"{where}: vr {own_vr}")
        elif vr == "SQ":
            if len(own) != len(values):
                problems.append(f"{where}: {len(own)} items, {len(values)} expected")
            for number, (one, other) in enumerate(zip(values, own)):
                compare(one, other, f"{where}[{number}].", problems)
        elif vr in ("OB", "OW", "OF", "OD", "OL", "OV", "UN"):
            continue
        elif len(own) != len(values) or not all(close(a, b) for a, b in zip(values, own)):
            problems.append(f"{where}: {own!r:.100}, {values!r:.100} expected")


def uids(path):
    file = pydicom.dcmread(path, stop_before_pixels=True)
    return file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID


# Of several files that say they are one instance the server shows one: nobody compares those.
seen = {}
for folder in sys.argv[2:]:
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                sop = uids(os.path.join(where, name))[2]
            except Exception:
                continue
            seen[sop] = seen.get(sop, 0) + 1

compared, wrong = 0, []
for folder in sys.argv[2:]:
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(where, name)
            try:
                study, series, sop = uids(path)
                if seen[sop] > 1:
                    continue
                made = subprocess.run(["dcm2xml", "-nat", "+U8", "-q", path], capture_output=True, timeout=60)
                theirs = ET.fromstring(made.stdout)
            except Exception:
                continue
            accept = 'multipart/related; type="application/dicom+xml"'
            address = f"{url}/studies/{study}/series/{series}/instances/{sop}/metadata"
            try:
                with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept})) as answer:
                    body = answer.read()
            except urllib.error.HTTPError:
                continue
            text = body[body.index(b"<?xml"):body.rindex(b">", 0, body.rindex(b"\r\n--")) + 1]
            problems = []
            compare(read(theirs), read(ET.fromstring(text)), "", problems)
            compared += 1
            wrong += [f"{os.path.relpath(path, folder)}: {problem}" for problem in problems]

print(f"{compared} files compared, {len(wrong)} differences")
for line in wrong[:60]:
    print(line)
if compared < 2 or wrong:
    sys.exit(1)
