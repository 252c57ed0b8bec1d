"""dicomweb-client against a server: STOW, QIDO at every level, WADO.   dicomweb_peer.py URL FOLDER"""

import io
import pathlib
import sys

import numpy
from dicomweb_client.api import DICOMwebClient
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
