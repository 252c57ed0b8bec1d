"""Compares decoded samples with another decoder's: prints `path,largest difference` for each line
`path,file of raw samples` that comes in."""

import sys

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder

JPEG_XL = "1.2.840.10008.1.2.4.11"

for line in sys.stdin:
    path, raw = line.rstrip("\n").split(",")
    ds = pydicom.dcmread(path, force=True)
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax.startswith(JPEG_XL):
        frames = generate_frames(ds.PixelData, number_of_frames=int(ds.get("NumberOfFrames", 1)))
        expected = np.stack([imagecodecs.jpegxl_decode(frame) for frame in frames])
    else:
        expected, _ = get_decoder(syntax).as_array(ds, raw=True, decoding_plugin="pylibjpeg")
    found = np.fromfile(raw, dtype=expected.dtype)
    if found.size != expected.size:
        print(f"{path},{found.size} samples, not {expected.size}")
        continue
    difference = np.abs(found.astype(np.int64) - expected.ravel().astype(np.int64))
    print(f"{path},{difference.max()}")
