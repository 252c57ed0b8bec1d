"""Reads a measurement report (TID 1500) by highdicom and prints its groups as JSON.

Usage: sr_judge.py FILE. Prints a list; each entry has `tracking`, `uid`, and `values`:
[concept meaning, number, UCUM unit].
"""

import json
import sys

import highdicom
import pydicom


def numbers(group):
    for item in group.ContentSequence:
        if item.ValueType == "NUM":
            measured = item.MeasuredValueSequence[0]
            unit = measured.MeasurementUnitsCodeSequence[0].CodeValue
            yield [item.ConceptNameCodeSequence[0].CodeMeaning, float(measured.NumericValue), unit]


def text(group, code, attribute):
    for item in group.ContentSequence:
        if item.ConceptNameCodeSequence[0].CodeValue == code:
            return str(getattr(item, attribute))
    return ""


def main():
    report = highdicom.sr.ComprehensiveSR.from_dataset(pydicom.dcmread(sys.argv[1]))
    found = highdicom.sr.utils.find_content_items(
        report, name=pydicom.sr.codedict.codes.DCM.MeasurementGroup, recursive=True
    )
    groups = [
        {
            "tracking": text(group, "112039", "TextValue"),
            "uid": text(group, "112040", "UID"),
            "values": list(numbers(group)),
        }
        for group in found
    ]
    print(json.dumps(groups, ensure_ascii=False))


main()
