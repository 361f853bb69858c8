//! Why a delivery is not authentic. For whoever runs Herald, at level debug; its sender is told
//! the same words whatever it was. No fault holds anything that was sent.

/// See the module's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("there is no Authorization header of this scheme, or there are two headers")]
    NoCredentials,
    #[error("the header of the secret is missing, is there twice, or does not begin with the prefix")]
    NoHeader,
    #[error("there is no secret in the address")]
    NoUrlSecret,
    #[error("what is given is none of the secrets")]
    WrongSecret,
    #[error("there is no signature")]
    NoSignature,
    #[error("there is no signature of a version and an encoding that is read")]
    NoKnownSignature,
    #[error("the signed id is missing")]
    NoId,
    #[error("the signed time is missing, or is no whole number")]
    NoTimestamp,
    #[error(
        "its time is {seconds_off} s away from this machine's clock; the tolerance is {tolerance_seconds} s"
    )]
    OutOfTime { seconds_off: u64, tolerance_seconds: u64 },
    #[error("the form has too many fields")]
    LargeForm,
    #[error("no secret makes this signature: another secret, another body, or another way to sign")]
    WrongSignature,
    #[error("the token is no JWT that is read")]
    NoJwt,
    #[error("the token's algorithm is neither RS256 nor ES256")]
    JwtAlgorithm,
    #[error("no key is known by the token's kid for its algorithm")]
    JwtKey,
    #[error("the token has expired, is not valid yet, or says no exp")]
    JwtTime,
    #[error("the token's iss is none of the issuers")]
    JwtIssuer,
    #[error("the token's aud is none of the audiences")]
    JwtAudience,
    #[error("a claim of the token is not what the configuration wants")]
    JwtClaim,
    #[error("the body is no message of SNS")]
    NoSnsMessage,
    #[error("the message's topic is none of topic_arns")]
    SnsTopic,
    #[error("the message's SigningCertURL is not one of SNS in the topic's region")]
    SnsCertificateUrl,
    #[error("the certificate is not one of SNS that the system's roots vouch for")]
    SnsCertificate,
}
