"""Renders frames by the formulas of PS3.3 in numpy, and judges pictures against them.

Arguments: pairs of a DICOM file and a PNG of its first frame. One line of JSON a pair: the path, the
kind of rendering, and how far the farthest sample is from the exact one, in grays; or why it was not
judged.
"""

import json
import struct
import sys
import zlib

import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut, pixel_array


def first(value):
    """The first of a value that may be several."""
    return float(value[0] if isinstance(value, pydicom.multival.MultiValue) else value)


def shares(dataset, values):
    """From values after the modality LUT to shares of white (PS3.3 C.11.2)."""
    if dataset.get("WindowCenter") is not None and dataset.get("WindowWidth") is not None:
        center, width = first(dataset.WindowCenter), first(dataset.WindowWidth)
        function = dataset.get("VOILUTFunction", "LINEAR") or "LINEAR"
        if function == "SIGMOID":
            return function, 1 / (1 + np.exp(-4 * (values - center) / width))
        if function == "LINEAR" and width >= 1:
            center, width = center - 0.5, width - 1
        if width == 0:
            return "threshold", (values > center).astype(float)
        return function, (values - center) / width + 0.5
    if "VOILUTSequence" in dataset:
        item = dataset.VOILUTSequence[0]
        count, start, bits = [int(n) for n in item.LUTDescriptor]
        table = np.array(item.LUTData, dtype=np.float64)
        index = np.clip(np.round(values) - start, 0, (count or 65536) - 1).astype(int)
        return "VOI LUT", table[index] / (2**bits - 1)
    low, high = values.min(), values.max()
    return "range", (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)


def gray(dataset, stored):
    """The kind, and the exact grays."""
    kind, share = shares(dataset, np.asarray(apply_modality_lut(stored, dataset), np.float64))
    share = np.clip(share, 0, 1)
    inverse = dataset.get("PresentationLUTShape") == "INVERSE"
    if dataset.PhotometricInterpretation == "MONOCHROME1" or inverse:
        kind, share = kind + ", inverted", 1 - share
    if "ModalityLUTSequence" in dataset:
        kind = "modality LUT, " + kind
    return kind, share * 255


def colour(dataset, stored):
    """The kind, and the exact colours."""
    photometric = dataset.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        wide = apply_color_lut(stored, dataset)
        segmented = "SegmentedRedPaletteColorLookupTableData" in dataset
        kind = "segmented palette" if segmented else "palette"
        return kind, wide >> 8 if wide.dtype == np.uint16 else wide
    values = stored.astype(np.float64) * 255 / (2**dataset.BitsStored - 1)
    if photometric == "RGB":
        return "RGB", values
    # The inverse of the matrix that PS3.3 C.7.6.3.1.2 gives.
    matrix = np.array(
        [[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5000], [0.5000, -0.4187, -0.0813]]
    )
    values = (values - [0, 128, 128]) @ np.linalg.inv(matrix).T
    return photometric, np.clip(values, 0, 255)


def png(path):
    """The samples of a PNG of 8 bits, gray or RGB, not interlaced (PNG third edition, 9)."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, _, colours = struct.unpack(">IIBB", body[:10])
        elif name == b"IDAT":
            packed += body
        at += 12 + length
    channels = {0: 1, 2: 3}[colours]
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    above, image = [0] * (width * channels), []
    for filtered in rows.tolist():
        kind, row = filtered[0], filtered[1:]
        for x, value in enumerate(row):
            a = row[x - channels] if x >= channels else 0
            b, c = above[x], above[x - channels] if x >= channels else 0
            near = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[x] = (value + [0, a, b, (a + b) // 2, near][kind]) & 255
        image.append(row)
        above = row
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.array(image, np.uint8).reshape(shape)


def stored_values(dataset):
    """The first frame. pydicom masks the low bits, wherever the stored ones are (PS3.5 8.1.1)."""
    if dataset.get("HighBit", 0) + 1 == dataset.BitsStored or dataset.BitsAllocated != 16:
        return pixel_array(dataset, index=0, raw=True)
    order = "<" if dataset.original_encoding[1] else ">"
    count = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
    words = np.frombuffer(dataset.PixelData, order + "u2", count).astype(np.int64)
    values = words >> (dataset.HighBit + 1 - dataset.BitsStored) & (1 << dataset.BitsStored) - 1
    if dataset.PixelRepresentation == 1:
        values -= (values >> dataset.BitsStored - 1) << dataset.BitsStored
    return values.reshape(dataset.Rows, dataset.Columns)


def judge(path, picture):
    dataset = pydicom.dcmread(path)
    skipped = (0x00283110, 0x00282000, 0x00181600, 0x00289205, 0x52009229, 0x00280120)
    if any(tag in dataset for tag in skipped) or any(0x6000 <= e.tag.group <= 0x601E for e in dataset):
        return {"skipped": "graphics, groups, padding or a profile"}
    stored = stored_values(dataset)
    is_gray = dataset.SamplesPerPixel == 1 and dataset.PhotometricInterpretation != "PALETTE COLOR"
    kind, expected = (gray if is_gray else colour)(dataset, stored)
    found = png(picture).astype(np.float64)
    if found.shape != expected.shape:
        return {"kind": kind, "shape": [list(found.shape), list(expected.shape)]}
    return {"kind": kind, "farthest": float(np.abs(found - expected).max())}


def main():
    paths = sys.argv[1:]
    for path, picture in zip(paths[::2], paths[1::2]):
        try:
            row = judge(path, picture)
        except Exception as error:  # pydicom cannot decode all that we can
            row = {"skipped": f"{type(error).__name__}: {error}"}
        print(json.dumps({"path": path, **row}))


main()
