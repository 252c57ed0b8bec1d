"""Compares the metadata that a server gives with what pydicom reads in the files.

compare_metadata.py URL FOLDER…
"""

import json
import os
import sys
import urllib.error
import urllib.request
import warnings

import pydicom
from pydicom.datadict import dictionary_VR

warnings.simplefilter("ignore")
url = sys.argv[1]
TEXT = {"AE", "AS", "CS", "DA", "DT", "LO", "LT", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
NUMBER = {"US", "SS", "UL", "SL", "FL", "FD", "UV", "SV"}
# Files whose character set lies or is unknown: nobody can say what their text is.
UNSURE = ("misdeclared", "as_latin1", "undeclared", "unknown_charset", "lowercase", "controls", "IncorrectCharset",
          # Character sets that pydicom cannot read.
          "iso2022_ir58", "iso_ir_203")


def known_vr(tag):
    try:
        return dictionary_VR(tag)
    except KeyError:
        return None


def values_of(element):
    value = element.value
    if value is None or value == "":
        return []
    many = isinstance(value, (list, pydicom.multival.MultiValue))
    return list(value) if many else [value]


def compare(element, given, path, problems):
    vr = element.VR
    where = f"{path}{element.tag} {vr}"
    if given is None:
        problems.append(f"{where}: missing")
        return
    if " or " in vr or vr == "UN" and known_vr(element.tag):
        return
    # pydicom has a dictionary of private elements; without one they are UN.
    if element.tag.is_private and given["vr"] == "UN":
        return
    if given["vr"] != vr and not (vr in ("OB", "OW", "UN", "US", "SS") and given["vr"] in ("OB", "OW", "UN", "US", "SS")):
        problems.append(f"{where}: vr {given['vr']}")
        return
    if vr == "SQ":
        items = given.get("Value", [])
        if len(items) != len(element.value):
            problems.append(f"{where}: {len(items)} items, {len(element.value)} expected")
            return
        for number, (item, json_item) in enumerate(zip(element.value, items)):
            compare_all(item, json_item, f"{where}[{number}].", problems)
        return
    if "BulkDataURI" in given:
        return
    value = given.get("Value", [])
    if vr in TEXT:
        expected = [str(v).strip(" \0") for v in values_of(element)]
        if vr in ("LT", "ST", "UT", "UR"):
            expected = [str(element.value or "").rstrip(" \0")]
        actual = [("" if v is None else v) for v in value]
        actual = [v.rstrip(" \0") if vr in ("LT", "ST", "UT", "UR") else v.strip(" \0") for v in actual]
        if [v for v in expected if v] != [v for v in actual if v] and vr != "UI":
            problems.append(f"{where}: {actual!r:.120}, {expected!r:.120} expected")
    elif vr == "PN":
        names = [str(v) for v in values_of(element) if str(v)]
        order = ("Alphabetic", "Ideographic", "Phonetic")
        actual = ["=".join((v or {}).get(k, "") for k in order).rstrip("=") for v in value]
        strip = lambda name: "=".join(group.strip(" \0") for group in name.split("=")).rstrip("=")
        if [strip(n) for n in names if strip(n)] != [strip(n) for n in actual if strip(n)]:
            problems.append(f"{where}: {actual!r:.120}, {names!r:.120} expected")
    elif vr in ("IS", "DS") or vr in NUMBER:
        try:
            expected = [float(v) for v in values_of(element)]
        except ValueError:
            return
        try:
            actual = [float(v) for v in value if v is not None]
        except ValueError:
            problems.append(f"{where}: {value!r:.80}")
            return
        same = len(expected) == len(actual) and all(
            a == b or a != a and b != b or abs(a - b) <= 1e-6 * max(abs(a), abs(b))
            for a, b in zip(expected, actual)
        )
        if not same:
            problems.append(f"{where}: {actual!r:.120}, {expected!r:.120} expected")


def compare_all(dataset, given, path, problems):
    for tag in list(dataset.keys()):
        if tag.element == 0 or tag.group <= 2 or tag == 0xFFFCFFFC or tag == 0x00080005:
            continue
        try:
            element = dataset[tag]
            values_of(element)
        except Exception:
            continue
        compare(element, given.get(f"{int(tag):08X}"), path, problems)
    extra = {int(k, 16) for k in given} - {int(t) for t in dataset.keys()}
    extra -= {0x00080005}
    for tag in sorted(extra):
        problems.append(f"{path}{tag:08X}: not in the file")


compared, absent, wrong = 0, 0, []
files = {}
for folder in sys.argv[2:]:
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(where, name)
            try:
                file = pydicom.dcmread(path, force=True)
                ids = file.StudyInstanceUID, file.SeriesInstanceUID, file.SOPInstanceUID
            except Exception:
                continue
            files.setdefault(ids, []).append((path, file))
for ids, found in files.items():
    path, file = found[0]
    # Of several files of one instance the server shows one.
    if len(found) > 1 or any(word in path for word in UNSURE):
        continue
    target = f"{url}/studies/{ids[0]}/series/{ids[1]}/instances/{ids[2]}/metadata"
    try:
        request = urllib.request.Request(target, headers={"Accept": "application/dicom+json"})
        answer = urllib.request.urlopen(request)
    except (urllib.error.HTTPError, ValueError):
        absent += 1
        continue
    problems = []
    compare_all(file, json.load(answer)[0], "", problems)
    compared += 1
    if problems:
        wrong.append((path, problems))
print(f"{compared} compared, {absent} not on the server, {len(wrong)} differ")
for path, problems in wrong:
    print(path)
    for problem in problems[:5]:
        print("   ", problem)
least = 200 if len(sys.argv) > 3 else 30  # several folders of test data, or a package's samples
sys.exit(1 if wrong or compared < least else 0)
