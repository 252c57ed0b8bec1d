//! What a command announces must be what its data set holds.

use model::Uid;

use crate::IngestError;

/// Whether the data set is what the command announced (PS3.4 §B.2.3, PS3.7 §9.1.1.1).
pub(crate) fn announced(
    class: &Uid,
    instance: &Uid,
    found: &dataset::Identity,
) -> Result<(), IngestError> {
    if *class != found.sop_class {
        return Err(IngestError::ClassMismatch {
            expected: class.clone(),
            found: found.sop_class.clone(),
        });
    }
    if *instance != found.sop {
        return Err(IngestError::InstanceMismatch {
            expected: instance.clone(),
            found: found.sop.clone(),
        });
    }
    Ok(())
}
