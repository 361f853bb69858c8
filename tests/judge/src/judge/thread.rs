//! What one reader was told of one episode, rebuilt from messages alone.

use crate::core::vocabulary::{Kind, Lifecycle, Priority};
use jiff::Timestamp;

use crate::message::Message;

/// An update that a reader was promised.
#[derive(Debug, Clone)]
pub struct Promise {
    pub due: Timestamp,
    pub made_at: Timestamp,
    /// It need not be kept any more, or it is not judged.
    pub waived: bool,
    /// The lead was told that it was not kept.
    pub told: bool,
}

/// One thread.
#[derive(Debug, Clone)]
pub struct Thread {
    pub audience: String,
    /// Id and name.
    pub addressee: Option<(String, String)>,
    /// Where it began.
    pub incident: String,
    pub episode: String,
    /// Which incident's end it hears of; none while it is on its way to another.
    pub lives_in: Option<String>,
    /// It goes on in this other thread of the same reader.
    pub joined: Option<String>,
    pub topic: String,
    pub open: bool,
    pub ended: bool,
    pub stood_down: bool,
    pub sequence: u32,
    pub last_id: String,
    pub last_kind: Kind,
    /// The priority that it was told last, where it sees any.
    pub priority: Option<Priority>,
    pub promise: Option<Promise>,
}

impl Thread {
    pub fn begun_by(message: &Message) -> Self {
        let says = &message.says;
        Self {
            audience: says.audience.clone(),
            addressee: says
                .addressee
                .as_ref()
                .map(|addressee| (addressee.id.clone(), addressee.name.clone())),
            incident: says.incident.id.clone(),
            episode: says.incident.episode.clone(),
            lives_in: Some(says.incident.id.clone()),
            joined: None,
            topic: message.topic.clone(),
            open: false,
            ended: false,
            stood_down: false,
            sequence: 0,
            last_id: String::new(),
            last_kind: says.kind,
            priority: None,
            promise: None,
        }
    }

    /// `audience`, or `audience/addressee`.
    pub fn reader(&self) -> String {
        match &self.addressee {
            Some((id, _)) => format!("{}/{id}", self.audience),
            None => self.audience.clone(),
        }
    }

    /// Takes a message in.
    pub fn hear(&mut self, message: &Message) {
        let says = &message.says;
        match says.lifecycle {
            Lifecycle::Begin => (self.open, self.ended) = (true, false),
            Lifecycle::End => (self.open, self.ended) = (false, true),
            _ => {}
        }
        self.stood_down = match says.kind {
            Kind::StandDown => true,
            Kind::Correction | Kind::FollowUp | Kind::Merged => self.stood_down,
            _ => false,
        };
        self.sequence = says.sequence;
        self.last_id.clone_from(&says.id);
        self.last_kind = says.kind;
        self.lives_in = Some(says.incident.id.clone());
        let priority = says.incident.fields.get("priority").and_then(serde_json::Value::as_str);
        self.priority = priority.and_then(Priority::parse);
        self.promise =
            message.due.map(|due| Promise { due, made_at: says.decided_at, waived: false, told: false });
    }
}
