//! Approval: what would go, what stays and why.
