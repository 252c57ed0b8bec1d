//! Secret random bytes as a parameter.

use rand::{TryRng, rngs::SysRng};

/// Gives random bytes that nobody can foretell.
pub trait Secrets: Send + Sync + std::fmt::Debug {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSecrets;

impl Secrets for SystemSecrets {
    fn fill(&self, bytes: &mut [u8]) {
        SysRng
            .try_fill_bytes(bytes)
            .expect("the operating system gives random bytes once it has booted");
    }
}

/// `N` random bytes in hexadecimal.
pub fn random_hex<const N: usize>(secrets: &dyn Secrets) -> String {
    let mut bytes = [0; N];
    secrets.fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
