//! What was probably meant by a misspelt word.

/// The candidate that was probably meant by `word`, if one is near enough: a third of its
/// characters may differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance_max = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= distance_max)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_near() {
        assert_eq!(nearest("bootstrap_server", ["bootstrap_servers", "topics"]), Some("bootstrap_servers"));
        assert_eq!(nearest("lisetn", ["listen", "kind"]), Some("listen"));
        assert_eq!(nearest("colour", ["listen", "kind"]), None);
    }
}
