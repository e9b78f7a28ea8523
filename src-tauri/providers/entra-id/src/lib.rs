//! Microsoft Entra ID.
