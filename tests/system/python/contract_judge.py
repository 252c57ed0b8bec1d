"""Holds two servers to their OpenAPI description with schemathesis.

contract_judge.py EXAMPLES SEED DEV-URL GUARDED-URL USER PASSWORD: a server of --dev, and one that asks
for a credential. Both are given something to tell of. No answer may be of the kind 5xx, nor of a
status, type or body that is not described, nor given without a credential; every operation is
done at least once.
"""

import contextlib
import json
import random
import re
import sys
import tempfile
import uuid
from collections import Counter, defaultdict

import pydicom
import pydicom.data
import requests
import schemathesis
from hypothesis import strategies
from schemathesis.cli import schemathesis as command

EXAMPLES, SEED, DEV, GUARDED, USER, PASSWORD = sys.argv[1:]
# What this client cannot do, and who does it.
UNREACHABLE = {
    ("GET", "/dicom-web/ws/subscribers/{ae_title}"): "a WebSocket: ups_peer.py",
    ("GET", "/api/openapi.json"): "what is read here, and not tried",
    # A code is taken once and a wrong one is a guess, so that what is made up soon waits: routes/second_factor.rs.
    ("POST", "/api/session/second-factor"): "needs the password among wrong ones",
    ("PUT", "/api/session/second-factor"): "needs the code of a secret that was just told",
    ("DELETE", "/api/session/second-factor"): "needs both",
    ("DELETE", "/api/admin/users/{user}/second-factor"): "needs somebody who has one",
    # An emergency is a person's, and is reviewed by somebody who sees no patient: access/grants.rs.
    ("POST", "/api/emergencies"): "needs a physician of another institution",
    ("PUT", "/api/admin/emergencies/{grant}/review"): "needs an emergency",
}
METHODS = {"get", "put", "post", "delete", "options"}
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
SAMPLES = (
    "CT_small.dcm JPEG2000.dcm MR_small_RLE.dcm SC_rgb_rle_2frame.dcm SC_rgb_small_odd.dcm "
    "rtdose.dcm rtstruct.dcm test-SR.dcm waveform_ecg.dcm"
).split()
# As a client may ask: by media type, for a part, for what changed.
ACCEPTS = (
    *[None] * 12,
    "*/*",
    "application/dicom+json",
    "application/dicom+xml",
    'multipart/related; type="application/dicom"',
    "multipart/related; type=application/dicom; transfer-syntax=*",
    'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80',
    'multipart/related; type="application/dicom+xml"',
    'multipart/related; type="application/octet-stream"',
    'multipart/related; type="image/jpeg"',
    "application/dicom",
    "application/octet-stream",
    "image/jpeg",
    "image/png;q=0.5, image/gif",
    "video/mp4",
    "text/html",
    "nonsense",
    "multipart/related; type=",
)
RANGES = (None, None, None, "bytes=0-9", "bytes=-5", "bytes=5-1", "bytes=99999999-", "bytes=0-1,4-5", "x")


def uid():
    return f"2.25.{uuid.UUID(int=CHANCE.getrandbits(128), version=4).int}"


def element(vr, *values):
    return {"vr": vr, "Value": list(values)}


def workitem():
    performer = {"00080100": element("SH", "CT"), "00080102": element("SH", "99TEST"), "00080104": element("LO", "CT")}
    return {
        "00100010": element("PN", {"Alphabetic": "Contract^Test"}),
        "00100020": element("LO", "CONTRACT"),
        "00404005": element("DT", "20260701120000"),
        "00404025": element("SQ", performer),
        "00404041": element("CS", "READY"),
        "00741000": element("CS", "SCHEDULED"),
        "00741200": element("CS", "MEDIUM"),
        "00741204": element("LO", "Read"),
    }


def part10(name, fresh=False):
    """A sample of pydicom as a Part 10 file; `fresh`: of a study of its own."""
    sample = pydicom.dcmread(pydicom.data.get_testdata_file(name), force=True)
    for tag in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID") if fresh else ():
        setattr(sample, tag, uid())
    sample.file_meta.MediaStorageSOPInstanceUID = sample.SOPInstanceUID
    buffer = pydicom.filebase.DicomBytesIO()
    sample.save_as(buffer)
    return sample, buffer.getvalue()


def related(files):
    parts = [b"--limit\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files]
    return b"".join(parts) + b"--limit--\r\n"


STOW = 'multipart/related; type="application/dicom"; boundary=limit'
JSON = "application/dicom+json"


class Filled:
    """A server with studies, workitems, subscriptions, and what names them."""

    def __init__(self, url, token):
        self.url = url
        self.session = requests.Session()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session.headers.update(self.headers)
        self.tags = []
        self.statuses = defaultdict(Counter)
        self.first = set()
        files = [part10(name)[1] for name in SAMPLES]
        self.send("POST", "/dicom-web/studies", 200, related(files), STOW)
        self.instances = []
        for found in self.get("/dicom-web/instances"):
            study, series, instance = (found[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))
            path = f"/dicom-web/studies/{study}/series/{series}/instances/{instance}"
            (metadata,) = self.get(f"{path}/metadata")
            bulk = [value["BulkDataURI"].split("/bulkdata/")[1] for value in metadata.values() if "BulkDataURI" in value]
            frames = 1 if "00280010" in metadata else 0
            self.instances.append({"study": study, "series": series, "instance": instance, "bulk": bulk, "frames": frames})
        assert len(self.instances) == len(SAMPLES), self.instances
        self.images = [one for one in self.instances if one["frames"]]
        self.held = [one for one in self.instances if one["bulk"]]
        self.workitems = [self.scheduled() for _ in range(6)]
        # Who is signed in reads and writes images, and keeps nothing of the house.
        self.keeps = token is None
        self.webhooks = [self.subscribed() for _ in range(3)]
        self.users = [self.account() for _ in range(3)]
        self.tokens = [self.issued() for _ in range(3)]
        self.institutions = [self.entered() for _ in range(3)]
        self.entities = [self.connected() for _ in range(3)]
        self.grants = [self.granted() for _ in range(3)]
        self.prohibitions = [self.forbidden() for _ in range(3)]
        self.visits = [self.opened() for _ in range(3)]

    def send(self, method, path, status, body=None, kind="application/json"):
        answer = self.session.request(method, self.url + path, data=body, headers={"Content-Type": kind}, timeout=60)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer

    def get(self, path):
        return self.session.get(self.url + path, headers={"Accept": JSON}, timeout=60).json()

    def stored(self):
        sample, file = part10("CT_small.dcm", fresh=True)
        self.send("POST", "/dicom-web/studies", 200, related([file]), STOW)
        return {"study": sample.StudyInstanceUID, "series": sample.SeriesInstanceUID, "instance": sample.SOPInstanceUID}

    def rejected(self, named):
        series = f"/series/{named['series']}" if "series" in named else ""
        instance = f"/instances/{named['instance']}" if "instance" in named else ""
        self.send("POST", f"/dicom-web/studies/{named['study']}{series}{instance}/reject/113001", 200)
        return named

    def scheduled(self):
        name = uid()
        self.send("POST", f"/dicom-web/workitems?{name}", 201, json.dumps(workitem()), JSON)
        return name

    def claimed(self, name):
        transaction = uid()
        claim = {"00741000": element("CS", "IN PROGRESS"), "00081195": element("UI", transaction)}
        self.send("PUT", f"/dicom-web/workitems/{name}/state", 200, json.dumps(claim), JSON)
        return transaction

    def subscribed(self):
        if not self.keeps:
            return "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        body = json.dumps({"url": "http://127.0.0.1:9/hook"})
        return self.send("POST", "/api/webhooks", 201, body).json()["id"]

    def account(self):
        wanted = new_account()
        if self.keeps:
            self.send("POST", "/api/admin/users", 201, json.dumps(wanted))
        return wanted["name"]

    def issued(self):
        wanted = new_token()
        if self.keeps:
            self.send("POST", "/api/admin/tokens", 201, json.dumps(wanted))
        return wanted["name"]


    def entered(self):
        name = f"i-{uid()}".replace(".", "-")
        if self.keeps:
            self.send("PUT", f"/api/admin/institutions/{name}", 204, json.dumps(new_institution()))
        return name

    def connected(self):
        institution = CHANCE.choice(self.institutions)
        title = f"AE{CHANCE.randrange(10**9)}"
        if self.keeps:
            self.send("PUT", f"/api/admin/entities/{institution}/{title}", 204, json.dumps(new_entity()))
        return {"institution": institution, "ae_title": title}


    def granted(self):
        if not self.keeps:
            return "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        return self.send("POST", "/api/grants", 201, json.dumps(new_grant(self.institutions))).json()["grant"]

    def forbidden(self):
        if not self.keeps:
            return "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        body = json.dumps({"by": "patient", "patients": PATIENTS})
        return self.send("POST", "/api/prohibitions", 201, body).json()["prohibition"]

    def opened(self):
        visit = f"V{CHANCE.randrange(10**9)}"
        if self.keeps:
            self.send("PUT", f"/api/encounters/{visit}", 200, json.dumps({"patients": PATIENTS}))
        return visit


PATIENTS = [{"issuer": "EHC", "id": "P1"}]


def new_grant(institutions):
    return {"basis": "consent", "reader": CHANCE.choice(institutions), "patients": PATIENTS, "until": "2099-01-01T00:00:00Z", "evidence": "form 7"}


def credit_code():
    """GB 32100: 17 characters at random, and the one that they ask for."""
    characters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    chosen = [CHANCE.randrange(31) for _ in range(17)]
    check = -sum(value * 3**at for at, value in enumerate(chosen)) % 31
    return "".join(characters[value] for value in [*chosen, check])


def new_institution():
    return {"credit_code": credit_code(), "name": "市第一医院", "region": "350200"}


def new_entity():
    return {"host": "192.0.2.7", "port": 104, "operations": ["store"]}


def new_table():
    return f"id,credit_code,name,region\n{SERVER.entered()},{credit_code()},市第一医院,350200\n".encode()


def new_account():
    return {"name": f"u-{uid()}", "roles": ["radiologist"]}


def new_token():
    return {"name": f"t-{uid()}", "operations": ["query", "retrieve"], "days": 7}


CHANCE = random.Random(int(SEED))
SERVER: Filled = None


def likely(share=0.7):
    return CHANCE.random() < share


def named(path, given, first):
    """Path parameters that lead to something that is there."""
    of = SERVER.instances
    if "/frames/" in path or path.endswith(("/rendered", "/thumbnail")):
        of = SERVER.images
    elif "/bulkdata" in path:
        of = SERVER.held
    chosen = dict(CHANCE.choice(of))
    # What is rejected is gone: each rejection has a study of its own.
    if path.endswith("/reject/{code}"):
        chosen = SERVER.stored()
    elif path.endswith("/restore"):
        chosen = SERVER.stored()
        SERVER.rejected({key: chosen[key] for key in given if key in chosen})
    values = {
        **chosen,
        "path": CHANCE.choice(chosen.get("bulk") or ["7FE00010"]),
        "frames": "1" if first else CHANCE.choice(["1", "1", "1,1", "2", "1,2", "0"]),
        "code": CHANCE.choice(["113001", "113037^DCM", "113038", "113039"]),
        "workitem": CHANCE.choice(SERVER.workitems),
        "ae_title": CHANCE.choice(["READER", "SECOND"]),
        "webhook": CHANCE.choice(SERVER.webhooks),
        "user": CHANCE.choice(SERVER.users),
        "token": CHANCE.choice(SERVER.tokens),
        "institution": CHANCE.choice(SERVER.institutions),
        "grant": CHANCE.choice(SERVER.grants),
        "prohibition": CHANCE.choice(SERVER.prohibitions),
        "visit": CHANCE.choice(SERVER.visits),
        "provider": "city",
    }
    if "/entities/" in path:
        values.update(CHANCE.choice(SERVER.entities))
    return {key: values[key] for key in given}


@schemathesis.hook
def before_call(context, case, kwargs):
    method, path = case.method.upper(), case.path
    # What an answer leads to is another operation's, or nobody's.
    kwargs["allow_redirects"] = False
    first = (method, path) not in SERVER.first
    SERVER.first.add((method, path))
    keys = re.findall(r"{(\w+)}", path)
    if keys and (first or likely()):
        case.path_parameters = named(path, keys, first)
    if method == "GET" and not first:
        extra = {"Accept": CHANCE.choice(ACCEPTS), "Range": CHANCE.choice(RANGES)}
        if SERVER.tags and likely(0.2):
            extra["If-None-Match"] = CHANCE.choice(SERVER.tags)
        for name, value in extra.items():
            if value is not None:
                case.headers.setdefault(name, value)
    if method == "GET" and first:
        # Nothing but what leads there.
        case.query = {}
    if path == "/wado" and (first or likely(0.6)):
        chosen = CHANCE.choice(SERVER.images)
        ids = {"requestType": "WADO", "studyUID": chosen["study"], "seriesUID": chosen["series"], "objectUID": chosen["instance"]}
        case.query = ids if first else {**(case.query or {}), **ids}
    if path == "/api/changes":
        case.query = {**(case.query or {}), "wait": 0, **({"after": 0} if first or likely(0.5) else {})}
    if path == "/api/session":
        if method == "POST" and (first or likely(0.1)):
            case.body, case.media_type = {"user": USER, "password": PASSWORD}, "application/json"
    written(case, method, path, first)


def written(case, method, path, first):
    """Bodies that are taken, now and then."""
    if not (first or likely(0.5)):
        return
    if method == "POST" and path in ("/dicom-web/studies", "/dicom-web/studies/{study}"):
        sample, file = part10(CHANCE.choice(SAMPLES))
        if "{study}" in path:
            case.path_parameters = {"study": sample.StudyInstanceUID}
        case.body = related([file] if first or likely() else [file, b"nonsense"])
        case.headers["Content-Type"] = STOW
    elif path == "/api/webhooks" and method == "POST":
        case.body = {"url": "http://127.0.0.1:9/hook"}
    elif path.startswith("/api/admin/"):
        administered(case, method, path)
    elif path.startswith(("/api/grants", "/api/prohibitions", "/api/encounters")) or path.endswith("/categories"):
        granted(case, method, path)
    elif path.endswith("/replay"):
        case.body = {"from": 1}
    elif method == "DELETE" and path == "/api/webhooks/{webhook}":
        case.path_parameters = {"webhook": SERVER.webhooks.pop()}
        SERVER.webhooks.append(SERVER.subscribed())
    elif "/workitems" in path and method != "GET":
        scheduled(case, method, path)


def administered(case, method, path):
    if path == "/api/admin/users":
        case.body = new_account()
    elif path == "/api/admin/tokens":
        case.body = new_token()
    elif path == "/api/admin/institutions":
        case.body, case.media_type = new_table(), "text/csv"
        case.headers["Content-Type"] = "text/csv"
    elif path == "/api/admin/entities":
        row = f"{CHANCE.choice(SERVER.institutions)},AE{CHANCE.randrange(10**9)},192.0.2.7,104,store"
        case.body, case.media_type = f"institution,ae_title,host,port,operations\n{row}\n".encode(), "text/csv"
        case.headers["Content-Type"] = "text/csv"
    elif path == "/api/admin/institutions/{institution}":
        case.body = new_institution()
    elif path.endswith("/standing"):
        case.path_parameters = {"institution": SERVER.entered()}
        case.body = {"standing": "testing"}
    elif path.endswith("/administrator"):
        case.path_parameters = {"institution": SERVER.entered()}
    elif "/entities/" in path and method == "PUT":
        case.body = new_entity()
    elif "/entities/" in path and method == "DELETE":
        case.path_parameters = SERVER.entities.pop()
        SERVER.entities.append(SERVER.connected())
    elif path.endswith("/roles"):
        case.body = {"roles": CHANCE.choice([["physician"], ["archivist", "technologist"], ["audit_administrator"]])}
    elif method == "DELETE" and path == "/api/admin/tokens/{token}":
        case.path_parameters = {"token": SERVER.tokens.pop()}
        SERVER.tokens.append(SERVER.issued())


def granted(case, method, path):
    if path == "/api/grants":
        case.body = new_grant(SERVER.institutions) if method == "POST" else case.body
    elif path == "/api/prohibitions" and method == "POST":
        case.body = {"by": CHANCE.choice(["patient", "law"]), "patients": PATIENTS, "category": "psychiatry"}
    elif path.endswith("/categories") and method == "PUT":
        case.body = {"categories": CHANCE.choice([[], ["psychiatry"], ["hiv", "psychiatry"]])}
    elif method == "PUT" and "{visit}" in path:
        case.body = {"patients": PATIENTS}
    elif method == "DELETE" and "{grant}" in path:
        case.path_parameters = {"grant": SERVER.grants.pop()}
        SERVER.grants.append(SERVER.granted())
    elif method == "DELETE" and "{prohibition}" in path:
        case.path_parameters = {"prohibition": SERVER.prohibitions.pop()}
        SERVER.prohibitions.append(SERVER.forbidden())
    elif method == "DELETE" and "{visit}" in path:
        case.path_parameters = {"visit": SERVER.visits.pop()}
        SERVER.visits.append(SERVER.opened())


def scheduled(case, method, path):
    name = SERVER.scheduled()
    if path == "/dicom-web/workitems":
        case.body, case.query = workitem(), {}
    elif path.endswith("/state"):
        case.path_parameters = {"workitem": name}
        case.body = {"00741000": element("CS", "IN PROGRESS"), "00081195": element("UI", uid())}
        if likely(0.3):
            case.body["00741000"] = element("CS", CHANCE.choice(["COMPLETED", "CANCELED", "SCHEDULED", ""]))
    elif path.endswith("/cancelrequest"):
        case.path_parameters = {"workitem": name}
        case.body = {"00741238": element("LT", "not needed")}
    elif path.endswith("/subscribers/{ae_title}") or path.endswith("/suspend"):
        wide = "1.2.840.10008.5.1.4.34.5"
        to = wide if path.endswith("/suspend") or likely(0.3) else name
        case.path_parameters = {"workitem": to, "ae_title": "READER"}
        case.query = {}
        if method == "DELETE" or path.endswith("/suspend"):
            SERVER.send("POST", f"/dicom-web/workitems/{to}/subscribers/READER", 201)
    elif path == "/dicom-web/workitems/{workitem}":
        case.path_parameters = {"workitem": name}
        case.body, case.query = {"00741204": element("LO", "Read again")}, {}
    if case.body is not None and case.media_type:
        case.headers["Content-Type"] = case.media_type


@schemathesis.hook
def after_call(context, case, response):
    SERVER.statuses[case.method.upper(), case.path][response.status_code] += 1
    tag = response.headers.get("etag")
    if tag and len(SERVER.tags) < 200:
        SERVER.tags.append(tag[0] if isinstance(tag, list) else tag)


schemathesis.openapi.media_type("multipart/related", strategies.binary(max_size=200))
schemathesis.openapi.media_type(STOW.rsplit(";", 1)[0], strategies.binary(max_size=200))


def judged(url, token, checks):
    global SERVER
    SERVER = Filled(url, token)
    arguments = ["run", f"{url}/api/openapi.json", "--checks", checks, "--phases", "examples,coverage,fuzzing"]
    arguments += ["--seed", SEED, "-n", EXAMPLES, "--no-color", "--generation-database", "none", "--warnings", "off"]
    arguments += ["--suppress-health-check", "all", "--request-timeout", "300", "--continue-on-failure"]
    for name, value in SERVER.headers.items():
        # Whoever signs out has nothing to go on with; the other server shows it.
        arguments += ["-H", f"{name}:{value}", "--exclude-operation-id", "logout"]
    try:
        command(arguments, standalone_mode=False)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, SERVER.statuses


def shut(description):
    """What is described as asking for a credential does nothing for nobody."""
    count = 0
    for path, item in description["paths"].items():
        for method in item.keys() & METHODS:
            if {} in item[method].get("security", description["security"]):
                continue
            url = GUARDED + re.sub(r"{\w+}", "1.2", path)
            status = requests.request(method, url, timeout=60).status_code
            assert status == 401, (method, path, status)
            count += 1
    print(count, "operations are shut")


def main():
    token = requests.post(f"{GUARDED}/api/session", json={"user": USER, "password": PASSWORD}, timeout=30).json()["token"]
    codes, seen = [], defaultdict(Counter)
    for url, token, checks in ((DEV, None, CHECKS), (GUARDED, token, f"{CHECKS},ignored_auth")):
        code, statuses = judged(url, token, checks)
        codes.append(code)
        for operation, counted in statuses.items():
            seen[operation].update(counted)
    description = requests.get(f"{DEV}/api/openapi.json", timeout=30).json()
    described = description["paths"]
    shut(description)
    missed = []
    for path, item in described.items():
        for method in item.keys() & METHODS:
            operation = (method.upper(), path)
            counted = seen[operation]
            print(*operation, dict(sorted(counted.items())))
            if operation not in UNREACHABLE and not any(200 <= status < 300 or status == 303 for status in counted):
                missed.append(operation)
    print(len(described), "paths,", sum(sum(counted.values()) for counted in seen.values()), "requests")
    assert not missed, f"never done: {missed}"
    assert codes == [0, 0], codes


if __name__ == "__main__":
    # The tool leaves notes where it is started.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        main()
