//! Checks signatures with ring (RFC 7518 §3): with private keys only.

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    signature::{self, Verifier},
};
use ring::signature as with;

/// Teaches `jsonwebtoken` to check signatures with ring, once for the process; again does nothing.
pub(crate) fn install() {
    static WITH_RING: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
        verifier_factory: |algorithm, key| {
            let check = Check::new(*algorithm, key.clone())?;
            Ok(Box::new(check))
        },
        key_utils: KeyUtils::new_unimplemented(),
    };
    // The other one is this one: nothing else installs any.
    let _already = WITH_RING.install_default();
}

/// Whether signatures of this kind are known: none with a shared secret.
pub(crate) fn is_known(algorithm: Algorithm) -> bool {
    rsa(algorithm).is_some() || plain(algorithm).is_some()
}

struct Check {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Check {
    fn new(algorithm: Algorithm, key: DecodingKey) -> Result<Self, Error> {
        if key.family() != algorithm.family() || !is_known(algorithm) {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Ok(Self { algorithm, key })
    }
}

impl Verifier<Vec<u8>> for Check {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let checked = match (self.key.kind(), rsa(self.algorithm), plain(self.algorithm)) {
            (DecodingKeyKind::RsaModulusExponent { n, e }, Some(parameters), _) => {
                with::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (DecodingKeyKind::SecretOrDer(point), _, Some(curve)) => {
                with::UnparsedPublicKey::new(curve, point).verify(message, signature)
            }
            _ => Err(ring::error::Unspecified),
        };
        checked.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Check {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// RSA of 2048 bits and more.
fn rsa(algorithm: Algorithm) -> Option<&'static with::RsaParameters> {
    match algorithm {
        Algorithm::RS256 => Some(&with::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&with::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&with::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&with::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&with::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&with::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

/// Curves, whose keys are a point.
fn plain(algorithm: Algorithm) -> Option<&'static dyn with::VerificationAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&with::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&with::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&with::ED25519),
        _ => None,
    }
}
