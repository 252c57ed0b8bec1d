"""Verifies a webhook's signature as Standard Webhooks 1.0.0 says: secret, id, timestamp, signature, body."""
import base64
import hashlib
import hmac
import sys
import time

secret, identity, timestamp, signature, body = sys.argv[1:]
assert secret.startswith("whsec_"), secret
key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
assert 24 <= len(key) <= 64, len(key)
signed = f"{identity}.{timestamp}.{body}".encode()
expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
assert hmac.compare_digest(expected, signature), (expected, signature)
assert abs(time.time() - int(timestamp)) < 300, timestamp
forged = "v1," + base64.b64encode(hmac.new(key, signed + b" ", hashlib.sha256).digest()).decode()
assert not hmac.compare_digest(forged, signature)
