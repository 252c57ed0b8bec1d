"""Makes an S3 bucket: one PUT with a version 4 signature.  make_bucket.py ENDPOINT BUCKET ACCESS SECRET REGION"""

import datetime
import hashlib
import hmac
import sys
import urllib.request

endpoint, bucket, access, secret, region = sys.argv[1:]
host = endpoint.split("//")[1]
now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
body = hashlib.sha256(b"").hexdigest()
headers = {"host": host, "x-amz-content-sha256": body, "x-amz-date": now}
names = ";".join(headers)
lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
canonical = f"PUT\n/{bucket}\n\n{lines}\n{names}\n{body}"
scope = f"{now[:8]}/{region}/s3/aws4_request"
digest = hashlib.sha256(canonical.encode()).hexdigest()
to_sign = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}"
key = b"AWS4" + secret.encode()
for part in (now[:8], region, "s3", "aws4_request", to_sign):
    signature = hmac.new(key, part.encode(), hashlib.sha256)
    key = signature.digest()
credential = f"Credential={access}/{scope}, SignedHeaders={names}, Signature={signature.hexdigest()}"
request = urllib.request.Request(f"{endpoint}/{bucket}", method="PUT", headers=headers)
request.add_header("Authorization", f"AWS4-HMAC-SHA256 {credential}")
urllib.request.urlopen(request)
