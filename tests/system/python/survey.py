"""What pydicom reads in DICOM files: one JSON object a line for every file below the given folders.

survey.py FOLDER…    the word `pydicom` stands for the test files of the pydicom wheel
"""

import json
import os
import re
import sys
import warnings

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.filereader import _read_file_meta_info, read_preamble

warnings.simplefilter("ignore")
UID = re.compile(r"(?=.{1,64}$)[0-9]+(\.[0-9]+)*$")


def text_of(value):
    raw = value.value if isinstance(value, RawDataElement) else None
    return raw if isinstance(raw, bytes) else None


def name_of(raw, charset, dataset):
    """The name as text, or none where nobody can say what its characters are."""
    if raw is None or not raw.strip(b" \0^="):
        return None
    terms = [t for t in charset.split("\\") if t]
    if not terms:
        for codec in ("ascii", "utf-8", "gb18030", "latin-1"):
            try:
                text = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    elif terms == ["ISO_IR 203"]:  # pydicom does not know Latin-9
        text = raw.decode("iso8859-15")
    elif all(t in KNOWN for t in terms):
        text = str(dataset.get("PatientName", ""))
    else:
        return None
    text = text.strip(" \0")
    return None if any(ord(c) < 32 for c in text) or "\\" in text else text


KNOWN = {
    f"{prefix}{n}"
    for prefix in ("ISO_IR ", "ISO 2022 IR ")
    for n in (6, 13, 58, 87, 100, 101, 109, 110, 126, 127, 138, 144, 148, 149, 159, 166)
} | {"ISO_IR 192", "GB18030", "GBK"}


def survey(path):
    with open(path, "rb") as file:
        read_preamble(file, force=True)
        meta = _read_file_meta_info(file)
        offset = file.tell()
    dataset = pydicom.dcmread(path, force=True)
    implicit, little = dataset.original_encoding
    guessed = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1"
    guessed = guessed if little else "1.2.840.10008.1.2.2"
    raw = text_of(dataset._dict.get(0x00100010))
    charset = dataset.get("SpecificCharacterSet") or ""
    charset = charset if isinstance(charset, str) else "\\".join(str(t) for t in charset)
    name = name_of(raw, charset, dataset)
    identifiers = {}
    for level, keyword in (
        ("sop_class", "SOPClassUID"),
        ("sop", "SOPInstanceUID"),
        ("study", "StudyInstanceUID"),
        ("series", "SeriesInstanceUID"),
    ):
        value = dataset.get(keyword)
        identifiers[level] = str(value).strip(" \0") if value else ""
    for element in dataset.iterall():
        pass
    return {
        "offset": offset,
        "transfer_syntax": str(meta.get("TransferSyntaxUID", "") or guessed),
        "storable": all(UID.match(uid) for uid in identifiers.values()),
        **identifiers,
        "patient_id": str(dataset.get("PatientID", "") or ""),
        "issuer": str(dataset.get("IssuerOfPatientID", "") or ""),
        "charset": charset,
        "name": name,
        "name_bytes": (raw or b"").hex(),
    }


def main():
    for folder in sys.argv[1:]:
        if folder == "pydicom":
            folder = os.path.join(os.path.dirname(pydicom.__file__), "data")
        for where, _, files in os.walk(folder):
            for file in sorted(files):
                path = os.path.join(where, file)
                if file.endswith((".py", ".pyc", ".json", ".txt", ".csv", ".md", ".zip")):
                    continue
                try:
                    row = survey(path)
                except Exception as error:  # pydicom raises whatever it meets
                    row = {"storable": False, "error": f"{type(error).__name__}: {error}"[:200]}
                print(json.dumps({"path": path, **row}))


main()
