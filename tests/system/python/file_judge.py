"""What a file has, in the eyes of pydicom and imagecodecs: who of two servers tells it as it is."""

import hashlib
import io
import zlib

import imagecodecs
import numpy
import pydicom
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder

# Files whose character set is not declared, declared wrong, or none that pydicom reads.
UNSURE = ("misdeclared", "as_latin1", "undeclared", "unknown_charset", "lowercase", "controls",
          "IncorrectCharset", "iso2022_ir58", "iso_ir_203")
# Where a backslash and blanks before the text are characters of it (PS3.5 §6.2).
LONG_TEXT = ("LT", "ST", "UT", "UR")
TEXT = ("AE", "AS", "CS", "DA", "DT", "LO", "SH", "TM", "UC", "UI")
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2")
BIG = "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4."
# How far samples of lossy decoders may lie apart.
NEAR = 3


def digest(value):
    """A binary value by its length and SHA-256."""
    return f"{len(value)} bytes {hashlib.sha256(value).hexdigest()[:16]}"


def decide(here, there):
    return {(True, True): "both", (True, False): "here", (False, True): "there"}.get((here, there), "neither")


def values(element):
    value = element.value
    if value is None or value == "" or value == b"":
        return []
    return list(value) if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]


def name(value):
    groups = [group.strip(" \0") for group in value.split("=")]
    return "=".join(groups).rstrip("=")


def in_file(element, given):
    """Whether `given`, the Value of DICOM JSON, is what the element holds; blanks that mean nothing aside."""
    vr = element.VR
    given = ["" if value is None else value for value in given]
    if vr == "PN":
        given = ["=".join((value or {}).get(group, "") for group in GROUPS) for value in given]
        return [name(str(value)) for value in values(element)] == [name(value) for value in given]
    if vr in LONG_TEXT:
        text = str(element.value or "").rstrip(" \0")
        return ([text] if text else []) == [value.rstrip(" \0") for value in given]
    if vr in TEXT:
        return [str(value).strip(" \0") for value in values(element)] == [v.strip(" \0") for v in given]
    expected = [float(value) for value in values(element)]
    return len(expected) == len(given) and all(
        a == b or a != a and b != b or abs(a - b) <= 1e-6 * max(abs(a), abs(b))
        for a, b in zip(expected, map(float, given))
    )


def word(truth, tag, here, there, file):
    """Which of two values of an attribute is the one of the data set `truth`, read from `file`."""
    tag = int(tag, 16)
    if truth is None or any(mark in file for mark in UNSURE):
        return "unknown"
    try:
        element = truth[tag]
        if isinstance(here, str) or isinstance(there, str):
            return binary(truth, element, here, there)
        tell = lambda given: in_file(element, given)
        return decide(*(told(tell, given) for given in (here, there)))
    except (KeyError, ValueError, TypeError, LookupError, NotImplementedError):
        return "unknown"


def told(tell, given):
    try:
        return tell(given)
    except (ValueError, TypeError, AttributeError):
        return False


def binary(truth, element, here, there):
    """The same of values that are given as bytes; one that is given as numbers is encoded."""
    raw = element.value
    if element.tag == 0x7FE00010 and is_compressed(truth, raw):
        # Bytes of no name are decoded ones (PS3.18 §8.7.3.3); of several frames and lossy ones others judge.
        if "file_meta" not in truth.__dict__ or int(truth.get("NumberOfFrames") or 1) != 1:
            return "unknown"
        samples, near = decoded(truth, stored(truth))
        expected = digest(samples)
        return "unknown" if near else decide(here == expected, there == expected)
    width = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}.get(element.VR, 1)
    if not isinstance(raw, bytes):
        return "unknown"
    if truth.original_encoding[1] is False and width > 1:
        raw = numpy.frombuffer(raw, f">u{width}").astype(f"<u{width}").tobytes()
    kind = {"OF": "<f4", "OD": "<f8", "OL": "<u4", "OV": "<u8", "OW": "<u2"}.get(element.VR, "u1")
    as_digest = lambda given: given if isinstance(given, str) else digest(numpy.array(given, kind).tobytes())
    return decide(*(as_digest(given) == digest(raw) for given in (here, there)))


def is_compressed(truth, value):
    meta = getattr(truth, "file_meta", None)
    return meta is not None and meta.TransferSyntaxUID not in NATIVE or value[:4] == b"\xfe\xff\x00\xe0"


def item(truth, tag, number):
    """An item of a sequence."""
    try:
        return truth[int(tag, 16)].value[number]
    except Exception:  # pydicom raises whatever it meets
        return None


def items(truth, tag, here, there):
    try:
        count = len(truth[int(tag, 16)].value)
    except Exception:
        return "unknown"
    return decide(here == count, there == count)


def frame(data, kind, here, there):
    """Which of two answers is the first frame of a file, `decoded` or `stored`; None is none at all."""
    try:
        file = pydicom.dcmread(io.BytesIO(data))
        expected, near = stored(file), 0
        if kind == "decoded" and expected is not None and file.file_meta.TransferSyntaxUID not in NATIVE:
            expected, near = decoded(file, expected)
    except Exception:
        return "unknown"
    if expected is None:
        # There is no frame: whoever gives none is right.
        return decide(here is None, there is None)
    return decide(*(equal(expected, given, near, file) for given in (here, there)))


def equal(expected, given, near, file):
    if given is None or len(expected) != len(given):
        return False
    if near == 0:
        return expected == given
    kind = "<u2" if file.BitsAllocated == 16 else "u1"
    one, two = (numpy.frombuffer(value, kind).astype(int) for value in (expected, given))
    return int(numpy.abs(one - two).max()) <= near


def stored(file):
    """The bytes of the first frame as they are in the file, little endian; none where it has none."""
    keyword = next((k for k in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if k in file), None)
    if keyword is None:
        return None
    value, syntax = file[keyword].value, file.file_meta.TransferSyntaxUID
    if syntax not in NATIVE:
        return get_frame(value, 0, number_of_frames=int(file.get("NumberOfFrames") or 1))
    bits = file.Rows * file.Columns * file.SamplesPerPixel * file.BitsAllocated
    if file.get("PhotometricInterpretation") == "YBR_FULL_422":
        bits = bits * 2 // 3
    if syntax == BIG and (file[keyword].VR == "OW" or file.BitsAllocated > 8):
        width = max(file.BitsAllocated // 8, 2)
        value = numpy.frombuffer(value, f">u{width}").astype(f"<u{width}").tobytes()
    if len(value) * 8 < bits:
        return None
    first = bytearray(value[: (bits + 7) // 8])
    if bits % 8:
        first[-1] &= (1 << bits % 8) - 1
    return bytes(first)


def decoded(file, frame):
    """The samples of a compressed frame, side by side and in its own colours, and how near others must come."""
    syntax = file.file_meta.TransferSyntaxUID
    suffix = syntax.removeprefix(JPEG)
    if suffix in ("50", "51") and file.BitsAllocated == 8:
        ybr = str(file.PhotometricInterpretation).startswith("YBR")
        space = {} if file.SamplesPerPixel == 1 else {"outcolorspace": "YCBCR" if ybr else "RGB"}
        samples, near = imagecodecs.jpeg8_decode(frame, **space), NEAR
    elif suffix in ("90", "91", "201", "202", "203"):
        samples, near = imagecodecs.jpeg2k_decode(frame), 0 if suffix in ("90", "201", "202") else NEAR
    elif suffix in ("110", "111", "112"):
        samples, near = imagecodecs.jpegxl_decode(frame), 0 if suffix == "110" else NEAR
    elif syntax == "1.2.840.10008.1.2.8.1":
        return zlib.decompress(frame, -15), 0
    else:
        samples, _ = get_decoder(syntax).as_array(file, index=0, raw=True)
        near = 0
    kind = "<u2" if file.BitsAllocated == 16 else "u1"
    return numpy.ascontiguousarray(samples).astype(kind).tobytes(), near
