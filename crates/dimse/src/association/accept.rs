//! The acceptor's side of establishment (PS3.8 §7.1).

use dicom_ul::pdu::{
    AssociationRJ, AssociationRJResult, AssociationRJServiceProviderASCEReason as ProviderReason,
    AssociationRJServiceProviderPresentationReason as PresentationReason,
    AssociationRJServiceUserReason as UserReason, AssociationRJSource, AssociationRQ, Pdu,
    UserVariableItem,
};
use model::AeTitle;
use tokio::{net::TcpStream, time::Instant};

use super::{
    Association, Patience,
    inbound::{Arrival, Inbound},
    negotiate::{APPLICATION_CONTEXT, negotiate, wants_fuzzy},
    outbound, pdu, socket, unexpected,
};
use crate::DimseError;

/// Why an association is rejected (PS3.8 §9.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The caller is not in the table, or calls from another address.
    UnknownCalling,
    /// Somebody else was called.
    UnknownCalled,
    /// Another application than DICOM.
    UnknownApplication,
    /// A version of the upper layer protocol that is not 1.
    UnknownVersion,
    /// Too many associations.
    TooMany,
    /// The index does not say who calls.
    Unavailable,
}

/// A connection that asks for an association.
#[derive(Debug)]
pub(crate) struct Requested {
    stream: TcpStream,
    inbound: Inbound,
    patience: Patience,
    request: AssociationRQ,
}

impl Requested {
    /// Waits for the A-ASSOCIATE-RQ (state Sta2).
    pub(crate) async fn read(stream: TcpStream, patience: Patience) -> Result<Self, DimseError> {
        socket::prepare(&stream);
        let mut stream = stream;
        // Signs of life do not prolong the wait: an establishment is short.
        let mut inbound = Inbound::new(Instant::now() + patience.artim);
        loop {
            match inbound.take()? {
                None => {
                    inbound.fill_once(&mut stream).await?;
                }
                Some(Arrival::Pdu(Pdu::AssociationRQ(request))) => {
                    return Ok(Self {
                        stream,
                        inbound,
                        patience,
                        request,
                    });
                }
                Some(Arrival::Pdu(Pdu::AbortRQ { .. })) => return Err(DimseError::Aborted),
                Some(Arrival::Pdu(other)) => return Err(unexpected(&other)),
                Some(Arrival::Fragment(_)) => {
                    return Err(DimseError::protocol("P-DATA-TF before an association"));
                }
            }
        }
    }

    /// Who calls, and whom; why not, if the request cannot be for us.
    pub(crate) fn titles(&self) -> Result<(AeTitle, AeTitle), Refusal> {
        if self.request.protocol_version & 1 == 0 {
            return Err(Refusal::UnknownVersion);
        }
        let application = self
            .request
            .application_context_name
            .trim_end_matches(['\0', ' ']);
        if application != APPLICATION_CONTEXT {
            return Err(Refusal::UnknownApplication);
        }
        let calling =
            AeTitle::new(&self.request.calling_ae_title).map_err(|_| Refusal::UnknownCalling)?;
        let called =
            AeTitle::new(&self.request.called_ae_title).map_err(|_| Refusal::UnknownCalled)?;
        Ok((calling, called))
    }

    /// Answers with A-ASSOCIATE-AC.
    pub(crate) async fn accept(
        self,
        titles: (AeTitle, AeTitle),
        max_pdu: u32,
    ) -> Result<Association, DimseError> {
        let (answer, contexts) = negotiate(&self.request, max_pdu);
        let answer = pdu::encode(&Pdu::AssociationAC(answer))?;
        outbound::write_all(&self.stream, &answer, self.patience.artim).await?;
        let mut association = Association::new(
            self.stream,
            self.inbound,
            max_length(&self.request.user_variables),
            self.patience,
            titles,
            contexts,
        );
        association.fuzzy = wants_fuzzy(&self.request.user_variables);
        Ok(association)
    }

    /// Answers with A-ASSOCIATE-RJ.
    pub(crate) async fn reject(self, refusal: Refusal) -> Result<(), DimseError> {
        let rejection = pdu::encode(&Pdu::AssociationRJ(refusal.pdu()))?;
        outbound::write_all(&self.stream, &rejection, self.patience.artim).await?;
        socket::linger(&self.stream, self.patience.artim).await;
        Ok(())
    }
}

/// The maximum length that the other side announced; 0, no limit, where it did not.
pub(super) fn max_length(items: &[UserVariableItem]) -> u32 {
    items
        .iter()
        .find_map(|item| match item {
            UserVariableItem::MaxLength(length) => Some(*length),
            _ => None,
        })
        .unwrap_or(0)
}

impl Refusal {
    fn pdu(self) -> AssociationRJ {
        let (result, source) = match self {
            Self::UnknownCalling => (
                AssociationRJResult::Permanent,
                AssociationRJSource::ServiceUser(UserReason::CallingAETitleNotRecognized),
            ),
            Self::UnknownCalled => (
                AssociationRJResult::Permanent,
                AssociationRJSource::ServiceUser(UserReason::CalledAETitleNotRecognized),
            ),
            Self::UnknownApplication => (
                AssociationRJResult::Permanent,
                AssociationRJSource::ServiceUser(UserReason::ApplicationContextNameNotSupported),
            ),
            Self::UnknownVersion => (
                AssociationRJResult::Permanent,
                AssociationRJSource::ServiceProviderASCE(
                    ProviderReason::ProtocolVersionNotSupported,
                ),
            ),
            Self::TooMany | Self::Unavailable => (
                AssociationRJResult::Transient,
                AssociationRJSource::ServiceProviderPresentation(
                    PresentationReason::LocalLimitExceeded,
                ),
            ),
        };
        AssociationRJ { result, source }
    }
}
