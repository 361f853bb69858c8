//! The closed table of fields that a notification may carry (domain.md section 5), and sets of them.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A field of the closed table. Denied to an audience unless its `may_see` lists it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field { $($(#[$doc])* #[serde(rename = $name)] $variant),+ }
        impl Field {
            /// The whole table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name in events, matchers, templates, notifications and documents.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
            /// The field of exactly this name.
            pub fn parse(name: &str) -> Option<Self> { match name { $($name => Some(Self::$variant),)+ _ => None } }
        }
    };
}

fields! {
    /// 8 characters, keyed hash.
    PublicReference = "public_reference",
    /// Source and the sender's id.
    Key = "key",
    /// The sender's own number.
    Reference = "reference",
    /// In the words that this audience reads.
    Stage = "stage",
    /// When it began.
    StartedAt = "started_at",
    /// When it ended.
    ResolvedAt = "resolved_at",
    /// From `started_at`, in seconds.
    Duration = "duration",
    /// What is promised.
    NextUpdateBy = "next_update_by",
    /// Since this reader's last message.
    Changes = "changes",
    /// Customer impact.
    Impact = "impact",
    /// What the business calls what is affected.
    BusinessServices = "business_services",
    /// What is noticed, in plain words.
    Symptom = "symptom",
    /// What readers can do meanwhile.
    Workaround = "workaround",
    /// What is being done, in plain words.
    Action = "action",
    /// Where.
    Regions = "regions",
    /// Customers affected.
    AffectedCount = "affected_count",
    /// Share of customers affected, 0 to 100.
    AffectedPercent = "affected_percent",
    /// Strategic customers affected.
    StrategicCustomers = "strategic_customers",
    /// State, penalty, deadline.
    Sla = "sla",
    /// P1 to P5.
    Priority = "priority",
    /// For engineers.
    Title = "title",
    /// For engineers.
    Description = "description",
    /// For engineers.
    Cause = "cause",
    /// As senders name them.
    Services = "services",
    /// Host names.
    Hosts = "hosts",
    /// Labels, tags, custom fields.
    Labels = "labels",
    /// http and https.
    Links = "links",
    /// For whom, and what.
    HelpWanted = "help_wanted",
    /// The words customers read, and whether they have gone out.
    CustomerText = "customer_text",
    /// Estimate of the end.
    Eta = "eta",
    /// Who works on it.
    People = "people",
    /// Where it is worked on.
    Channels = "channels",
    /// Where it is talked about.
    Bridge = "bridge",
    /// This customer's contact.
    Liaison = "liaison",
    /// Lost data.
    DataLoss = "data_loss",
    /// Exposed data.
    DataExposure = "data_exposure",
}

/// A set of fields; serialises as the list of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct FieldSet(u64);

impl FieldSet {
    /// Nothing.
    pub const EMPTY: Self = Self(0);
    /// Adds a field.
    pub const fn insert(&mut self, field: Field) {
        self.0 |= 1 << field as u64;
    }
    /// Is it in the set?
    pub const fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u64) != 0
    }
    /// The same without one field.
    #[must_use]
    pub const fn without(self, field: Field) -> Self {
        Self(self.0 & !(1 << field as u64))
    }
    /// What is in both.
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// The fields, in the table's order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| self.contains(*field))
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let mut set = Self::EMPTY;
        fields.into_iter().for_each(|field| set.insert(field));
        set
    }
}

impl Serialize for FieldSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for FieldSet {
    /// A field that this version does not know is left out: less is shown, never more.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(names.iter().filter_map(|name| Field::parse(name)).collect())
    }
}
