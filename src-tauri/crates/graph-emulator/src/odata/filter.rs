//! `$filter`: parsed against the properties of a type, then applied to rows.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::schema::Entity;

/// Why a filter was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FilterError {
    UnknownProperty(String),
    Syntax(String),
    Types,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Number(f64),
    Date(DateTime<Utc>),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Compare(Vec<String>, Op, Literal),
    In(Vec<String>, Vec<Literal>),
    StartsWith(Vec<String>, String),
    AnyEq(Vec<String>, Literal),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    Comma,
    Colon,
}

/// Parses `text` for rows of `entity`.
pub(crate) fn parse(text: &str, entity: &Entity) -> Result<Filter, FilterError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        entity,
    };
    let filter = parser.or()?;
    if parser.at < parser.tokens.len() {
        return Err(parser.fail());
    }
    Ok(filter)
}

fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            ' ' => {}
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            ',' => out.push(Token::Comma),
            '\'' => {
                let mut word = String::new();
                loop {
                    match (chars.get(at), chars.get(at + 1)) {
                        (Some('\''), Some('\'')) => {
                            word.push('\'');
                            at += 2;
                        }
                        (Some('\''), _) => {
                            at += 1;
                            break;
                        }
                        (Some(&inner), _) => {
                            word.push(inner);
                            at += 1;
                        }
                        (None, _) => {
                            return Err(FilterError::Syntax("unterminated string".to_owned()));
                        }
                    }
                }
                out.push(Token::Quoted(word));
            }
            _ => {
                let mut word = c.to_string();
                while let Some(&next) = chars.get(at).filter(|next| !" (),'".contains(**next)) {
                    // A colon ends a lambda variable but belongs to a time of day.
                    if next == ':' && !word.starts_with(|first: char| first.is_ascii_digit()) {
                        break;
                    }
                    word.push(next);
                    at += 1;
                }
                out.push(if word == ":" {
                    Token::Colon
                } else {
                    Token::Word(word)
                });
                if chars.get(at) == Some(&':') && !matches!(out.last(), Some(Token::Colon)) {
                    out.push(Token::Colon);
                    at += 1;
                }
            }
        }
    }
    Ok(out)
}

struct Parser<'e> {
    tokens: Vec<Token>,
    at: usize,
    entity: &'e Entity,
}

impl Parser<'_> {
    fn fail(&self) -> FilterError {
        FilterError::Syntax(format!(
            "Syntax error at position {} in the filter",
            self.at
        ))
    }

    fn next(&mut self) -> Result<Token, FilterError> {
        let token = self
            .tokens
            .get(self.at)
            .cloned()
            .ok_or_else(|| self.fail())?;
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), FilterError> {
        if self.next()? == *wanted {
            Ok(())
        } else {
            Err(self.fail())
        }
    }

    fn word_is(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next == word)
    }

    fn or(&mut self) -> Result<Filter, FilterError> {
        let mut left = self.and()?;
        while self.word_is("or") {
            self.at += 1;
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Filter, FilterError> {
        let mut left = self.unary()?;
        while self.word_is("and") {
            self.at += 1;
            left = Filter::And(Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Filter, FilterError> {
        if self.word_is("not") {
            self.at += 1;
            return Ok(Filter::Not(Box::new(self.unary()?)));
        }
        match self.next()? {
            Token::Open => {
                let inner = self.or()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Word(word) if word == "startswith" => {
                self.expect(&Token::Open)?;
                let Token::Word(path) = self.next()? else {
                    return Err(self.fail());
                };
                let path = self.path(&path)?;
                self.expect(&Token::Comma)?;
                let Token::Quoted(prefix) = self.next()? else {
                    return Err(self.fail());
                };
                self.expect(&Token::Close)?;
                Ok(Filter::StartsWith(path, prefix))
            }
            Token::Word(word) => match word.strip_suffix("/any") {
                Some(path) => self.any(path),
                None => self.comparison(&word),
            },
            _ => Err(self.fail()),
        }
    }

    /// `path/any(x:x eq literal)`.
    fn any(&mut self, path: &str) -> Result<Filter, FilterError> {
        let path = self.path(path)?;
        self.expect(&Token::Open)?;
        let variable = self.next()?;
        self.expect(&Token::Colon)?;
        self.expect(&variable)?;
        self.expect(&Token::Word("eq".to_owned()))?;
        let literal = self.literal()?;
        self.expect(&Token::Close)?;
        Ok(Filter::AnyEq(path, literal))
    }

    fn comparison(&mut self, word: &str) -> Result<Filter, FilterError> {
        let path = self.path(word)?;
        let Token::Word(operator) = self.next()? else {
            return Err(self.fail());
        };
        let op = match operator.as_str() {
            "eq" => Op::Eq,
            "ne" => Op::Ne,
            "gt" => Op::Gt,
            "ge" => Op::Ge,
            "lt" => Op::Lt,
            "le" => Op::Le,
            "in" => {
                self.expect(&Token::Open)?;
                let mut list = vec![self.literal()?];
                while self.tokens.get(self.at) == Some(&Token::Comma) {
                    self.at += 1;
                    list.push(self.literal()?);
                }
                self.expect(&Token::Close)?;
                return Ok(Filter::In(path, list));
            }
            _ => return Err(self.fail()),
        };
        let literal = self.literal()?;
        // Dates are written bare; a quoted one is a string and does not compare with a date.
        let is_date = path.last().is_some_and(|name| name.ends_with("DateTime"));
        let fits = match literal {
            Literal::Null => matches!(op, Op::Eq | Op::Ne),
            Literal::Date(_) => is_date,
            Literal::Bool(_) => !is_date && matches!(op, Op::Eq | Op::Ne),
            Literal::Text(_) | Literal::Number(_) => !is_date,
        };
        if fits {
            Ok(Filter::Compare(path, op, literal))
        } else {
            Err(FilterError::Types)
        }
    }

    fn path(&self, text: &str) -> Result<Vec<String>, FilterError> {
        let path: Vec<String> = text.split('/').map(str::to_owned).collect();
        match path.first() {
            Some(first) if self.entity.properties.contains(&first.as_str()) => Ok(path),
            Some(first) => Err(FilterError::UnknownProperty(first.clone())),
            None => Err(self.fail()),
        }
    }

    fn literal(&mut self) -> Result<Literal, FilterError> {
        match self.next()? {
            Token::Quoted(text) => Ok(Literal::Text(text)),
            Token::Word(word) => match word.as_str() {
                "null" => Ok(Literal::Null),
                "true" => Ok(Literal::Bool(true)),
                "false" => Ok(Literal::Bool(false)),
                _ => {
                    if let Ok(number) = word.parse::<f64>() {
                        Ok(Literal::Number(number))
                    } else if let Ok(date) = DateTime::parse_from_rfc3339(&word) {
                        Ok(Literal::Date(date.with_timezone(&Utc)))
                    } else if word.len() == 36 && word.matches('-').count() == 4 {
                        Ok(Literal::Text(word))
                    } else {
                        Err(self.fail())
                    }
                }
            },
            _ => Err(self.fail()),
        }
    }
}

impl Filter {
    /// Whether the row passes.
    pub(crate) fn matches(&self, row: &Value) -> bool {
        match self {
            Self::And(a, b) => a.matches(row) && b.matches(row),
            Self::Or(a, b) => a.matches(row) || b.matches(row),
            Self::Not(inner) => !inner.matches(row),
            Self::StartsWith(path, prefix) => reach(row, path)
                .as_str()
                .is_some_and(|text| text.to_lowercase().starts_with(&prefix.to_lowercase())),
            Self::AnyEq(path, literal) => reach(row, path).as_array().is_some_and(|list| {
                list.iter()
                    .any(|item| order(item, literal) == Some(Ordering::Equal))
            }),
            Self::In(path, list) => list
                .iter()
                .any(|literal| order(reach(row, path), literal) == Some(Ordering::Equal)),
            Self::Compare(path, op, literal) => {
                let found = order(reach(row, path), literal);
                match op {
                    Op::Eq => found == Some(Ordering::Equal),
                    Op::Ne => found != Some(Ordering::Equal),
                    Op::Gt => found == Some(Ordering::Greater),
                    Op::Ge => matches!(found, Some(Ordering::Greater | Ordering::Equal)),
                    Op::Lt => found == Some(Ordering::Less),
                    Op::Le => matches!(found, Some(Ordering::Less | Ordering::Equal)),
                }
            }
        }
    }

    /// Whether the filter uses what Graph calls advanced query capabilities.
    pub(crate) fn is_advanced(&self) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.is_advanced() || b.is_advanced(),
            Self::Not(_) | Self::Compare(_, Op::Ne, _) => true,
            _ => false,
        }
    }

    /// Every property the filter looks at.
    pub(crate) fn properties(&self) -> Vec<&str> {
        match self {
            Self::And(a, b) | Self::Or(a, b) => [a.properties(), b.properties()].concat(),
            Self::Not(inner) => inner.properties(),
            Self::Compare(path, ..)
            | Self::In(path, _)
            | Self::StartsWith(path, _)
            | Self::AnyEq(path, _) => path.first().map(String::as_str).into_iter().collect(),
        }
    }
}

fn reach<'v>(row: &'v Value, path: &[String]) -> &'v Value {
    path.iter()
        .fold(row, |value, name| value.get(name).unwrap_or(&Value::Null))
}

fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        (Value::Bool(a), Literal::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(a), Literal::Number(b)) => a.as_f64()?.partial_cmp(b),
        (Value::String(a), Literal::Text(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::String(a), Literal::Date(b)) => DateTime::parse_from_rfc3339(a)
            .ok()
            .map(|date| date.with_timezone(&Utc).cmp(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::schema::{SIGN_IN, USER};

    #[test]
    fn comparisons_dates_and_lists_work() {
        let row = json!({
            "createdDateTime": "2026-01-02T00:00:00Z", "userType": "Guest", "accountEnabled": true,
            "otherMails": ["a@x.example"], "displayName": "O'Neil",
        });
        for (text, expected) in [
            ("userType eq 'guest'", true),
            ("accountEnabled eq true and userType ne 'Guest'", false),
            (
                "not (userType eq 'Member') or accountEnabled eq false",
                true,
            ),
            (
                "createdDateTime ge 2026-01-01T00:00:00Z and createdDateTime lt 2026-01-02T00:00:00Z",
                false,
            ),
            ("createdDateTime le 2026-01-02T00:00:00Z", true),
            ("displayName eq 'O''Neil'", true),
            ("startswith(displayName,'o')", true),
            ("otherMails/any(x:x eq 'a@x.example')", true),
            ("userType in ('Guest','Member')", true),
            ("mail eq null", true),
        ] {
            assert_eq!(
                parse(text, &USER).unwrap().matches(&row),
                expected,
                "{text}"
            );
        }
        let status = json!({"status": {"errorCode": 0}});
        assert!(
            parse("status/errorCode eq 0", &SIGN_IN)
                .unwrap()
                .matches(&status)
        );
    }

    #[test]
    fn what_graph_refuses_is_refused() {
        assert_eq!(
            parse("nope eq 1", &USER).unwrap_err(),
            FilterError::UnknownProperty("nope".into())
        );
        assert_eq!(
            parse("createdDateTime ge '2026-01-01T00:00:00Z'", &USER).unwrap_err(),
            FilterError::Types
        );
        for text in [
            "",
            "userType",
            "userType eq",
            "userType like 'x'",
            "userType eq 'x",
            "userType eq 'x' extra",
        ] {
            assert!(parse(text, &USER).is_err(), "{text}");
        }
    }
}
