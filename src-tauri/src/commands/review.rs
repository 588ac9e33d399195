//! Check and correction: findings, details, fixes, rejected rows, history.
