//! Passwords: argon2id hashes, and the rules for new ones.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{Secrets, random_hex};

/// The shortest password taken, characters.
const SHORTEST: usize = 10;
/// The longest password taken, bytes.
const LONGEST: usize = 1024;
/// Salt, bytes (RFC 9106 §3.1).
const SALT: usize = 16;

/// Why a password is not taken, or could not be hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("the new password must have at least {SHORTEST} characters")]
    TooShort,
    /// Too long.
    #[error("the new password must have at most {LONGEST} bytes")]
    TooLong,
    /// The same as before, or the account's name.
    #[error("the new password must differ from the old one and from the account name")]
    NotNew,
    /// Hashing failed.
    #[error("the password could not be hashed")]
    Hash,
}

/// The argon2id hash of `password` as a PHC string.
pub fn hash_password(password: &str, secrets: &dyn Secrets) -> Result<String, PasswordError> {
    let mut salt = [0; SALT];
    secrets.fill(&mut salt);
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordError::Hash)
}

/// A password of 80 random bits for a first sign-in, in groups that can be typed.
pub fn one_time_password(secrets: &dyn Secrets) -> String {
    let hex = random_hex::<10>(secrets);
    let groups: Vec<&str> = (0..hex.len())
        .step_by(5)
        .map(|at| &hex[at..at + 5])
        .collect();
    groups.join("-")
}

/// Whether `password` is the one that `hash` was made of; false for a hash that does not parse.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// Whether `new` may follow `old` for the account `user`.
pub fn check_new(new: &str, old: &str, user: &str) -> Result<(), PasswordError> {
    if new.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if new.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    if new == old || new == user {
        return Err(PasswordError::NotNew);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemSecrets;

    #[test]
    fn a_hash_verifies_its_password_only() {
        let hash = hash_password("correct horse", &SystemSecrets).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(verify("correct horse", &hash));
        assert!(!verify("correct horsf", &hash));
        assert!(!verify("", "no hash"));
    }

    #[test]
    fn one_time_passwords_differ_and_pass_for_passwords() {
        let first = one_time_password(&SystemSecrets);
        assert_eq!(first.len(), 23);
        assert_ne!(first, one_time_password(&SystemSecrets));
        assert_eq!(check_new(&first, "old", "admin"), Ok(()));
    }

    #[test]
    fn a_new_password_is_long_and_new() {
        assert_eq!(check_new("short", "x", "y"), Err(PasswordError::TooShort));
        let long = "长".repeat(400);
        assert_eq!(check_new(&long, "x", "y"), Err(PasswordError::TooLong));
        let same = "one two three";
        assert_eq!(check_new(same, same, "y"), Err(PasswordError::NotNew));
    }
}
