"""dicomweb-client against a server: STOW, QIDO at every level, WADO.   dicomweb_peer.py URL FOLDER"""

import io
import pathlib
import sys
import tempfile

import numpy
import requests
from dicomweb_client.api import DICOMfileClient, DICOMwebClient
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

client = DICOMwebClient(sys.argv[1])
# The client leaves the port out of Host (RFC 9110 §7.2), so that the server cannot know its own URL.
client.host = sys.argv[1].split("/")[2]
files = [dcmread(path) for path in sorted(pathlib.Path(sys.argv[2]).glob("*.dcm"))]
files.sort(key=lambda file: file.InstanceNumber)
study, series = files[0].StudyInstanceUID, files[0].SeriesInstanceUID

answer = client.store_instances(files)
assert len(answer.ReferencedSOPSequence) == len(files), answer
assert "FailedSOPSequence" not in answer

for filters in (
    {"PatientName": "Zhang^Wei=张^伟"},
    {"PatientName": "zhang*"},
    {"PatientName": "*张^伟*"},
    {"PatientID": "DICOMWEB-1"},
    {"StudyDate": "20260301-20260331"},
    {"ModalitiesInStudy": "CT"},
    {"AccessionNumber": "A0417"},
):
    found = client.search_for_studies(search_filters=filters)
    assert len(found) == 1, (filters, found)
    attributes = Dataset.from_json(found[0])
    assert attributes.StudyInstanceUID == study
    assert attributes.NumberOfStudyRelatedInstances == len(files)
    assert str(attributes.PatientName) == "Zhang^Wei=张^伟"
assert client.search_for_studies(search_filters={"PatientName": "Nobody"}) == []
assert len(client.search_for_series(study)) == 1
assert len(client.search_for_instances(study, series)) == len(files)
assert len(client.search_for_instances(study, series, limit=2)) == 2
assert len(client.search_for_instances(study, series, limit=2, offset=2)) == 1

back = client.retrieve_series(study, series)
assert sorted(f.SOPInstanceUID for f in back) == sorted(f.SOPInstanceUID for f in files)
metadata = client.retrieve_study_metadata(study)
assert len(metadata) == len(files)
for file in files:
    instance = client.retrieve_instance(study, series, file.SOPInstanceUID)
    assert numpy.array_equal(instance.pixel_array, file.pixel_array)
    for element in file:
        if element.tag != 0x7FE00010:
            assert instance[element.tag].value == element.value, element
    frames = client.retrieve_instance_frames(study, series, file.SOPInstanceUID, [1])
    assert frames == [file.PixelData]
    rendered = client.retrieve_instance_rendered(
        study, series, file.SOPInstanceUID, media_types=("image/png",)
    )
    picture = numpy.asarray(Image.open(io.BytesIO(rendered)).convert("L")).astype(int)
    assert picture.shape == file.pixel_array.shape
    # PS3.3 C.11.2.1.2.1 with window 40/400 of the file.
    hounsfield = file.pixel_array.astype(float) - 1024
    expected = numpy.clip(((hounsfield - 39.5) / 399 + 0.5) * 255, 0, 255)
    difference = numpy.abs(picture - expected).max()
    assert difference <= 2, difference
described = Dataset.from_json(metadata[0], bulk_data_uri_handler=lambda tag, vr, uri: None)
bulk = metadata[0]["7FE00010"]["BulkDataURI"]
sop = metadata[0]["00080018"]["Value"][0]
pixels = next(f.PixelData for f in files if f.SOPInstanceUID == sop)
assert client.retrieve_bulkdata(bulk) == [pixels]

# QIDO-RS: fuzzy names, fields, pages, and all that is left of a result.
first, rest = {"limit": 1}, {"limit": 1, "get_remaining": True}
filters = {"PatientName": "zhang wei"}
assert len(client.search_for_studies(fuzzymatching=True, search_filters=filters)) == 1
assert client.search_for_studies(offset=1, search_filters={"PatientID": "DICOMWEB-1"}) == []
found = client.search_for_studies(
    fields=["StudyDescription", "00081080"], search_filters={"StudyInstanceUID": study}
)
assert found[0]["00081030"]["vr"] == "LO", found
sops = sorted(file.SOPInstanceUID for file in files)
uid = lambda match: match["00080018"]["Value"][0]
assert len(client.search_for_instances(study, series, **first)) == 1
assert sorted(map(uid, client.search_for_instances(study, series, **rest))) == sops
assert sorted(map(uid, client.search_for_instances(study))) == sops
filters = {"InstanceNumber": str(files[1].InstanceNumber)}
found = client.search_for_instances(study, series, fields=["ImageType"], search_filters=filters)
assert [uid(match) for match in found] == [files[1].SOPInstanceUID], found
assert len(client.search_for_series(study, search_filters={"Modality": "CT"})) == 1
assert client.search_for_series(study, search_filters={"Modality": "MR"}) == []

# WADO-RS: whole studies, what is given as it comes, metadata of every level.
assert sorted(f.SOPInstanceUID for f in client.retrieve_study(study)) == sops
for comes in (client.iter_study(study), client.iter_series(study, series)):
    assert sorted(f.SOPInstanceUID for f in comes) == sops
assert sorted(map(uid, client.retrieve_series_metadata(study, series))) == sops
one = files[0].SOPInstanceUID
assert uid(client.retrieve_instance_metadata(study, series, one)) == one
try:
    client.retrieve_instance_metadata(study, series, study)
    raise AssertionError("metadata of what is not there")
except requests.HTTPError as error:
    assert error.response.status_code == 404, error

# Frames in the media types that a client names (PS3.18 §8.7.3).
explicit = "1.2.840.10008.1.2.1"
frames = client.retrieve_instance_frames(
    study, series, one, [1], media_types=(("application/octet-stream", explicit),)
)
assert frames == [files[0].PixelData]
assert list(client.iter_instance_frames(study, series, one, [1])) == [files[0].PixelData]
for media, syntax in (("image/jp2", "1.2.840.10008.1.2.4.90"), ("image/jls", "1.2.840.10008.1.2.4.80")):
    try:
        client.retrieve_instance_frames(study, series, one, [1], media_types=((media, syntax),))
        raise AssertionError(f"{media} of frames that are not compressed")
    except requests.HTTPError as error:
        # PS3.18 §8.7.5: a form that the server does not make is not acceptable, and nothing else.
        assert error.response.status_code == 406, (media, error)
for media, kind in (("image/jpeg", "JPEG"), ("image/png", "PNG")):
    for picture in (
        client.retrieve_instance_rendered(study, series, one, media_types=(media,)),
        client.retrieve_instance_frames_rendered(study, series, one, [1], media_types=(media,)),
    ):
        picture = Image.open(io.BytesIO(picture))
        assert picture.format == kind and picture.size == (files[0].Columns, files[0].Rows)
assert list(client.iter_bulkdata(bulk)) == [pixels]

# The client's own reader of files, an independent server of the same searches.
with tempfile.TemporaryDirectory() as index:
    local = DICOMfileClient(
        pathlib.Path(sys.argv[2]).as_uri(), update_db=True, db_dir=index
    )
    both = lambda call: [call(client), call(local)]
    for here, there in (
        both(lambda c: sorted(map(uid, c.search_for_instances(study, series)))),
        both(lambda c: [m["0020000D"]["Value"] for m in c.search_for_studies()]),
        both(lambda c: [m["00201206"]["Value"] for m in c.search_for_studies()]),
        both(lambda c: [m["00201209"]["Value"] for m in c.search_for_series(study)]),
        both(lambda c: [m["00080061"]["Value"] for m in c.search_for_studies()]),
        both(lambda c: c.retrieve_instance_frames(study, series, one, [1])),
    ):
        assert here == there, (here, there)
