"""Follows a worklist over real WebSockets while another client works on it (PS3.18 chapter 11).

ups_peer.py URL [OTHER-URL]: the addresses of two nodes of one worklist, or of one server. What is
done is done at the first, what is heard is heard at the second.
"""

import json
import sys
import time
import uuid

import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

here = sys.argv[1]
there = sys.argv[2] if len(sys.argv) > 2 else here
TYPE = {"Content-Type": "application/dicom+json"}
ALL = "1.2.840.10008.5.1.4.34.5"
FILTERED = "1.2.840.10008.5.1.4.34.5.1"


def uid():
    return f"2.25.{uuid.uuid4().int}"


def element(vr, *values):
    return {"vr": vr, "Value": list(values)}


def code(value):
    return {
        "00080100": element("SH", value),
        "00080102": element("SH", "99TEST"),
        "00080104": element("LO", value),
    }


def workitem(patient="P1", station="CT1"):
    return {
        "00100010": element("PN", {"Alphabetic": "Zhang^San", "Ideographic": "张^三"}),
        "00100020": element("LO", patient),
        "00404005": element("DT", "20260701120000"),
        "00404025": element("SQ", code(station)),
        "00404041": element("CS", "INCOMPLETE"),
        "00741000": element("CS", "SCHEDULED"),
        "00741200": element("CS", "HIGH"),
        "00741204": element("LO", "Read"),
    }


def send(method, path, status, data=None):
    body = None if data is None else json.dumps(data)
    answer = requests.request(method, here + path, data=body, headers=TYPE, timeout=30)
    assert answer.status_code == status, (method, path, answer.status_code, answer.text)
    return answer


def create(**kind):
    name = uid()
    send("POST", f"/workitems?{name}", 201, workitem(**kind))
    return name


def follow(target, title, query=""):
    answer = send("POST", f"/workitems/{target}/subscribers/{title}{query}", 201)
    assert answer.headers["Content-Location"].endswith(f"/ws/subscribers/{title}")


def listen(title):
    return connect(f"{there}/ws/subscribers/{title}".replace("http", "ws", 1))


def hear(socket, *expected):
    """The next reports are of these workitems and types (PS3.4 Table CC.2.4-1)."""
    heard = []
    for name, kind in expected:
        report = json.loads(socket.recv(timeout=40))
        assert report["00000002"]["Value"] == ["1.2.840.10008.5.1.4.34.6.4"], report
        assert "00000110" in report, report
        got = (report["00001000"]["Value"][0], report["00001002"]["Value"][0])
        assert got == (name, kind), (got, (name, kind), report)
        heard.append(report)
    return heard


def silent(socket):
    try:
        report = socket.recv(timeout=2)
    except TimeoutError:
        return
    raise AssertionError(report)


def value(report, tag):
    return report[tag]["Value"][0]


def one_workitem():
    name, transaction = create(), uid()
    follow(name, "READER")
    with listen("READER") as socket:
        (first,) = hear(socket, (name, 1))
        assert value(first, "00741000") == "SCHEDULED"
        assert value(first, "00404041") == "INCOMPLETE"
        send("POST", f"/workitems/{name}", 200, {"00404041": element("CS", "READY")})
        (ready,) = hear(socket, (name, 1))
        assert value(ready, "00404041") == "READY"
        performer = {
            "00404009": element("SQ", code("DR1")),
            "00404036": element("LO", "Radiology"),
            "00404037": element("PN", {"Alphabetic": "Li^Si"}),
        }
        assigned = {"00404034": element("SQ", performer), "00404025": element("SQ", code("CT2"))}
        send("POST", f"/workitems/{name}", 200, assigned)
        (assigned,) = hear(socket, (name, 5))
        assert value(value(assigned, "00404025"), "00080100") == "CT2"
        assert value(value(assigned, "00404009"), "00080100") == "DR1"
        assert value(assigned, "00404036") == "Radiology"
        claim = {"00741000": element("CS", "IN PROGRESS"), "00081195": element("UI", transaction)}
        send("PUT", f"/workitems/{name}/state", 200, claim)
        (claimed,) = hear(socket, (name, 1))
        assert value(claimed, "00741000") == "IN PROGRESS"
        assert transaction not in json.dumps(claimed)
        progress = {"00741002": element("SQ", {"00741004": element("DS", 50)})}
        send("POST", f"/workitems/{name}?{transaction}", 200, progress)
        (half,) = hear(socket, (name, 3))
        assert value(value(half, "00741002"), "00741004") == 50
        asked = {"00741238": element("LT", "not needed"), "0074100A": element("UR", "tel:1")}
        send("POST", f"/workitems/{name}/cancelrequest", 202, asked)
        (asked,) = hear(socket, (name, 2))
        assert value(asked, "00741236") == "YINGYUN"
        assert value(asked, "00741238") == "not needed"
        assert value(asked, "0074100A") == "tel:1"
        send("DELETE", f"/workitems/{name}/subscribers/READER", 200)
        silent(socket)
    return name


def worklists(known):
    """Who follows the worklist hears of what is on it already, in no order, then of what comes."""
    before = create()
    follow(ALL, "ALL", "?deletionlock=true")
    with listen("ALL") as socket:
        missing = {known, before}
        while missing:
            report = json.loads(socket.recv(timeout=40))
            missing.remove(value(report, "00001000"))
        name = create()
        hear(socket, (name, 1), (name, 5))
        send("POST", f"/workitems/{name}/cancelrequest", 202)
        between, last = hear(socket, (name, 1), (name, 1))
        assert value(between, "00741000") == "IN PROGRESS"
        assert value(last, "00741000") == "CANCELED"
        assert value(value(last, "0074100E"), "00080100") == "110513"
        send("POST", f"/workitems/{ALL}/subscribers/ALL/suspend", 200)
        create()
        send("POST", f"/workitems/{before}/cancelrequest", 202)
        hear(socket, (before, 1), (before, 1))
        send("DELETE", f"/workitems/{ALL}/subscribers/ALL", 200)
    follow(FILTERED, "SOME", "?filter=PatientID=P7,ScheduledStationNameCodeSequence.CodeValue=MR1")
    with listen("SOME") as socket:
        create(patient="P7")
        create(station="MR1")
        name = create(patient="P7", station="MR1")
        hear(socket, (name, 1), (name, 5))
        silent(socket)
        send("DELETE", f"/workitems/{FILTERED}/subscribers/SOME", 200)


def a_break():
    """What happens while nobody listens is heard later, in order, and once it was received no more."""
    name = create()
    follow(name, "AWAY")
    for readiness in ["UNAVAILABLE", "READY"]:
        send("POST", f"/workitems/{name}", 200, {"00404041": element("CS", readiness)})
    with listen("AWAY") as socket:
        reports = hear(socket, (name, 1), (name, 1), (name, 1))
        heard = [value(report, "00404041") for report in reports]
        assert heard == ["INCOMPLETE", "UNAVAILABLE", "READY"], heard
    # Reports come again until the pongs behind them have come through.
    deadline = time.monotonic() + 60
    while True:
        with listen("AWAY") as socket:
            try:
                socket.recv(timeout=2)
            except TimeoutError:
                break
        assert time.monotonic() < deadline, "reports that were received come for ever"
    with listen("AWAY") as one, listen("AWAY") as two:
        silent(one)
        send("POST", f"/workitems/{name}", 200, {"00404041": element("CS", "UNAVAILABLE")})
        hear(one, (name, 1))
        hear(two, (name, 1))


def another_site():
    target = f"{there}/ws/subscribers/READER".replace("http", "ws", 1)
    try:
        connect(target, origin="https://evil.example")
    except InvalidStatus as refused:
        assert refused.response.status_code == 403, refused
    else:
        raise AssertionError("another site's page may listen")
    own = "/".join(there.split("/")[:3])
    with connect(target, origin=own):
        pass


worklists(one_workitem())
a_break()
another_site()
print("all heard")
