"""The names that exports go by: the right, the kind of job."""

EXPORT, UNMASK = "exports.run", "members.unmask"
KIND = "exports.sheet"
