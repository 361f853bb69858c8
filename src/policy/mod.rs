//! From a directory of YAML and templates to one proved, immutable `core::policy::Policy`.
