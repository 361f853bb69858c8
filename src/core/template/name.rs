//! What a template's file name says: `<kind>[.<stage>][.<priority>]`.

use crate::core::vocabulary::{Kind, Priority, Stage};

/// The parsed file stem of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateName {
    /// What it says.
    pub kind: Kind,
    /// Only at this stage, in the reader's words.
    pub stage: Option<Stage>,
    /// Only at this priority.
    pub priority: Option<Priority>,
}

impl TemplateName {
    /// Reads a file stem such as `update.monitoring.P1`. The error says what is wrong, in a sentence.
    pub fn parse(stem: &str) -> Result<Self, String> {
        let mut words = stem.split('.');
        let first = words.next().unwrap_or_default();
        let kind = Kind::parse(first).ok_or_else(|| format!("`{first}` is no kind of notification"))?;
        let mut name = Self { kind, stage: None, priority: None };
        for word in words {
            match (Stage::parse(word), Priority::parse(word)) {
                (Some(stage), _) if name.stage.is_none() && name.priority.is_none() => {
                    name.stage = Some(stage)
                }
                (_, Some(priority)) if name.priority.is_none() => name.priority = Some(priority),
                (None, None) => return Err(format!("`{word}` is neither a stage nor a priority")),
                _ => return Err(format!("`{word}` is one too many, or in the wrong place")),
            }
        }
        Ok(name)
    }

    /// The file stem.
    pub fn stem(self) -> String {
        let mut stem = self.kind.as_str().to_owned();
        for word in [self.stage.map(Stage::as_str), self.priority.map(Priority::as_str)].into_iter().flatten()
        {
            stem.push('.');
            stem.push_str(word);
        }
        stem
    }

    /// The names looked for in one folder, from the most special to the most general; never another kind.
    pub(super) fn candidates(
        kind: Kind,
        stage: Option<Stage>,
        priority: Option<Priority>,
    ) -> impl DoubleEndedIterator<Item = Self> {
        let both = stage.and(priority).map(|_| Self { kind, stage, priority });
        let by_stage = stage.map(|_| Self { kind, stage, priority: None });
        let by_priority = priority.map(|_| Self { kind, stage: None, priority });
        let plain = Some(Self { kind, stage: None, priority: None });
        [both, by_stage, by_priority, plain].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_is_read_and_written_back() {
        for stem in ["opening", "update.monitoring", "resolved.P1", "update.identified.P2"] {
            assert_eq!(TemplateName::parse(stem).unwrap().stem(), stem);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for stem in ["", "begin", "update.fixed", "update.P1.monitoring", "update.P1.P2", "opening."] {
            assert!(TemplateName::parse(stem).is_err(), "{stem}");
        }
    }

    #[test]
    fn the_most_special_name_comes_first() {
        let names: Vec<_> =
            TemplateName::candidates(Kind::Update, Some(Stage::Monitoring), Some(Priority::P1))
                .map(TemplateName::stem)
                .collect();
        assert_eq!(names, ["update.monitoring.P1", "update.monitoring", "update.P1", "update"]);
    }
}
