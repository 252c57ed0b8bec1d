"""pynetdicom against a server: C-ECHO, C-STORE, C-FIND, C-GET, C-MOVE to itself, storage commitment.

pynetdicom_peer.py PORT CALLED-AE OWN-PORT FOLDER
"""

import pathlib
import sys
import threading

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (
    CTImageStorage,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

port, called, own_port, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
files = [dcmread(path) for path in sorted(pathlib.Path(folder).glob("*.dcm"))]
study = files[0].StudyInstanceUID
received, reports = [], []
reported = threading.Event()


def on_store(event):
    received.append(event.request.AffectedSOPInstanceUID)
    return 0x0000


def on_report(event):
    reports.append((event.event_type, event.event_information))
    reported.set()
    return 0x0000, None


handlers = [(evt.EVT_C_STORE, on_store), (evt.EVT_N_EVENT_REPORT, on_report)]
scp = AE("PYNETDICOM")
scp.add_supported_context(CTImageStorage)
scp.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
listening = scp.start_server(("127.0.0.1", own_port), block=False, evt_handlers=handlers)

ae = AE("PYNETDICOM")
for uid in (
    Verification,
    CTImageStorage,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    StorageCommitmentPushModel,
):
    ae.add_requested_context(uid)
association = ae.associate(
    "127.0.0.1",
    port,
    ae_title=called,
    ext_neg=[build_role(CTImageStorage, scu_role=True, scp_role=True)],
    evt_handlers=handlers,
)
assert association.is_established, "not associated"
assert association.send_c_echo().Status == 0
for file in files:
    assert association.send_c_store(file).Status == 0

identifier = Dataset()
identifier.QueryRetrieveLevel = "STUDY"
identifier.StudyInstanceUID = study
identifier.PatientName = ""
identifier.SpecificCharacterSet = "GB18030"
identifier.NumberOfStudyRelatedInstances = ""
found = [
    (status.Status, answer)
    for status, answer in association.send_c_find(identifier, StudyRootQueryRetrieveInformationModelFind)
]
assert [status for status, _ in found] == [0xFF00, 0x0000], found
assert str(found[0][1].PatientName) == "Zhang^Wei=张^伟", found[0][1].PatientName
assert found[0][1].NumberOfStudyRelatedInstances == len(files)

got = list(association.send_c_get(identifier, StudyRootQueryRetrieveInformationModelGet))
assert got[-1][0].Status == 0x0000, got[-1]
assert got[-1][0].NumberOfCompletedSuboperations == len(files), got[-1]
assert sorted(received) == sorted(f.SOPInstanceUID for f in files)
received.clear()

moved = list(association.send_c_move(identifier, "PYNETDICOM", StudyRootQueryRetrieveInformationModelMove))
assert moved[-1][0].Status == 0x0000, moved[-1]
assert sorted(received) == sorted(f.SOPInstanceUID for f in files)


def commit(instances, association):
    reported.clear()
    request = Dataset()
    request.TransactionUID = generate_uid()
    request.ReferencedSOPSequence = []
    for sop_class, sop in instances:
        item = Dataset()
        item.ReferencedSOPClassUID = sop_class
        item.ReferencedSOPInstanceUID = sop
        request.ReferencedSOPSequence.append(item)
    status, _ = association.send_n_action(
        request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    assert status.Status == 0x0000, status
    return request.TransactionUID


def report_of(transaction):
    assert reported.wait(30), "no N-EVENT-REPORT"
    kind, information = reports.pop()
    assert information.TransactionUID == transaction
    return kind, information


stored = [(f.SOPClassUID, f.SOPInstanceUID) for f in files]
# The association stays: the report may come on it, or on one of the server's own.
transaction = commit(stored, association)
kind, information = report_of(transaction)
assert kind == 1, kind
assert len(information.ReferencedSOPSequence) == len(files)
assert "FailedSOPSequence" not in information
association.release()

# The association is gone at once: the report comes on a new one to our own port.
association = ae.associate("127.0.0.1", port, ae_title=called, evt_handlers=handlers)
transaction = commit(stored + [(CTImageStorage, generate_uid())], association)
association.release()
kind, information = report_of(transaction)
assert kind == 2, kind
assert len(information.ReferencedSOPSequence) == len(files)
assert len(information.FailedSOPSequence) == 1
assert information.FailedSOPSequence[0].FailureReason == 0x0112, hex(information.FailedSOPSequence[0].FailureReason)
listening.shutdown()
