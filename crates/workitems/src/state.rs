//! The states of a unified procedure step and what may happen in each (PS3.4 Table CC.1.1-2), as a
//! pure function.

use model::StepState;

/// What is asked of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Create it (N-CREATE).
    Create,
    /// Change its state (N-ACTION).
    Change {
        /// To this one.
        to: StepState,
        /// Whether the Transaction UID given is the one that holds it; any one is while it is
        /// scheduled.
        correct: bool,
        /// Whether it has what the new state asks for (the column Final State of Table CC.2.5-3).
        complete: bool,
    },
    /// Cancel it, asked by somebody who does not hold it (N-ACTION).
    RequestCancel,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It begins, scheduled.
    Created,
    /// It is in the new state, and its subscribers are told.
    Moved(StepState),
    /// It goes through IN PROGRESS to CANCELED, and its subscribers are told of both.
    CanceledAtOnce,
    /// Its subscribers are told that somebody asks for its cancellation.
    PerformerAsked,
    /// Nothing: it is in that state already (warnings B304H and B306H).
    Already(StepState),
}

/// Why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 0111H.
    #[error("the workitem exists already")]
    Exists,
    /// C300H.
    #[error("the workitem may no longer be updated")]
    Final,
    /// C301H.
    #[error("the Transaction UID is incorrect")]
    WrongTransaction,
    /// C302H.
    #[error("the workitem is already in progress")]
    InProgress,
    /// C303H.
    #[error("a workitem becomes SCHEDULED only by being created")]
    ScheduledByCreation,
    /// C304H.
    #[error("the workitem does not have what its final state asks for")]
    Incomplete,
    /// C307H.
    #[error("the workitem does not exist")]
    Unknown,
    /// C310H.
    #[error("the workitem is not in progress yet")]
    NotInProgress,
    /// C311H.
    #[error("the workitem is already completed")]
    Completed,
}

/// What `event` does to a step in `state`; none: there is no such step.
pub fn transition(state: Option<StepState>, event: Event) -> Result<Outcome, Refusal> {
    use StepState::{Canceled, Completed, InProgress, Scheduled};
    let (to, correct, complete) = match (state, event) {
        (None, Event::Create) => return Ok(Outcome::Created),
        (Some(_), Event::Create) => return Err(Refusal::Exists),
        (None, _) => return Err(Refusal::Unknown),
        (Some(Scheduled), Event::RequestCancel) => return Ok(Outcome::CanceledAtOnce),
        (Some(InProgress), Event::RequestCancel) => return Ok(Outcome::PerformerAsked),
        (Some(Completed), Event::RequestCancel) => return Err(Refusal::Completed),
        (Some(Canceled), Event::RequestCancel) => return Ok(Outcome::Already(Canceled)),
        (
            Some(_),
            Event::Change {
                to,
                correct,
                complete,
            },
        ) => (to, correct, complete),
    };
    let Some(state) = state else {
        return Err(Refusal::Unknown);
    };
    match (state, to) {
        (_, Scheduled) => Err(Refusal::ScheduledByCreation),
        _ if !correct => Err(Refusal::WrongTransaction),
        (Scheduled, InProgress) => Ok(Outcome::Moved(InProgress)),
        (InProgress, InProgress) => Err(Refusal::InProgress),
        (Scheduled, Completed | Canceled) => Err(Refusal::NotInProgress),
        (InProgress, Completed | Canceled) if complete => Ok(Outcome::Moved(to)),
        (InProgress, Completed | Canceled) => Err(Refusal::Incomplete),
        (Completed, Completed) | (Canceled, Canceled) => Ok(Outcome::Already(to)),
        (Completed | Canceled, _) => Err(Refusal::Final),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepState::{Canceled, Completed, InProgress, Scheduled};

    fn change(to: StepState, correct: bool, complete: bool) -> Event {
        Event::Change {
            to,
            correct,
            complete,
        }
    }

    /// PS3.4 Table CC.1.1-2, row by row: no step, SCHEDULED, IN PROGRESS, COMPLETED, CANCELED. A
    /// code is the status of the refusal or warning; what is between is what happens.
    #[test]
    fn every_cell_of_the_table_of_states() {
        let table: [(Event, [&str; 5]); 11] = [
            (Event::Create, ["SCHEDULED", "0111", "0111", "0111", "0111"]),
            (
                change(InProgress, true, false),
                ["C307", "IN PROGRESS", "C302", "C300", "C300"],
            ),
            (
                change(InProgress, false, false),
                ["C307", "C301", "C301", "C301", "C301"],
            ),
            (
                change(Scheduled, true, false),
                ["C307", "C303", "C303", "C303", "C303"],
            ),
            (
                change(Completed, true, true),
                ["C307", "C310", "COMPLETED", "B306", "C300"],
            ),
            (
                change(Completed, true, false),
                ["C307", "C310", "C304", "B306", "C300"],
            ),
            (
                change(Completed, false, true),
                ["C307", "C301", "C301", "C301", "C301"],
            ),
            (
                Event::RequestCancel,
                ["C307", "both", "ask", "C311", "B304"],
            ),
            (
                change(Canceled, true, true),
                ["C307", "C310", "CANCELED", "C300", "B304"],
            ),
            (
                change(Canceled, true, false),
                ["C307", "C310", "C304", "C300", "B304"],
            ),
            (
                change(Canceled, false, true),
                ["C307", "C301", "C301", "C301", "C301"],
            ),
        ];
        let states = [
            None,
            Some(Scheduled),
            Some(InProgress),
            Some(Completed),
            Some(Canceled),
        ];
        for (event, cells) in table {
            for (state, expected) in states.into_iter().zip(cells) {
                let happens = match transition(state, event) {
                    Ok(Outcome::Created) => "SCHEDULED",
                    Ok(Outcome::Moved(to)) => to.as_str(),
                    Ok(Outcome::CanceledAtOnce) => "both",
                    Ok(Outcome::PerformerAsked) => "ask",
                    Ok(Outcome::Already(Canceled)) => "B304",
                    Ok(Outcome::Already(_)) => "B306",
                    Err(Refusal::Exists) => "0111",
                    Err(Refusal::Final) => "C300",
                    Err(Refusal::WrongTransaction) => "C301",
                    Err(Refusal::InProgress) => "C302",
                    Err(Refusal::ScheduledByCreation) => "C303",
                    Err(Refusal::Incomplete) => "C304",
                    Err(Refusal::Unknown) => "C307",
                    Err(Refusal::NotInProgress) => "C310",
                    Err(Refusal::Completed) => "C311",
                };
                assert_eq!(happens, expected, "{event:?} in {state:?}");
            }
        }
    }
}
