//! Damages to a JSON page: each is one place and one thing done to it.

use serde_json::Value;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A member is taken out of its object.
    Remove,
    /// A value becomes null: leaves, and elements of arrays.
    Null,
    /// A leaf becomes one of another type.
    Retype,
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member.
    Member(String),
    /// An element.
    Element(usize),
}

/// One place and what is done to it.
#[derive(Clone, Debug)]
pub struct Spot {
    /// The way to it.
    pub path: Vec<Step>,
    /// What is done.
    pub damage: Damage,
}

impl Spot {
    /// The place as a JSON pointer.
    pub fn pointer(&self) -> String {
        self.path
            .iter()
            .map(|step| match step {
                Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                Step::Element(index) => format!("/{index}"),
            })
            .collect()
    }

    /// Whether the pattern, with `*` for any element, names this place or one above it.
    pub fn is_at(&self, pattern: &str) -> bool {
        let pointer = self.pointer();
        let (mut tokens, mut wanted) = (pointer.split('/').skip(1), pattern.split('/').skip(1));
        loop {
            match (wanted.next(), tokens.next()) {
                (None, _) => return true,
                (Some(_), None) => return false,
                (Some(want), Some(token))
                    if want == token
                        || (want == "*" && token.bytes().all(|b| b.is_ascii_digit())) => {}
                _ => return false,
            }
        }
    }

    /// The page with the damage; `None` if the place is not there.
    pub fn apply(&self, page: &Value) -> Option<Value> {
        let mut page = page.clone();
        let (last, way) = self.path.split_last()?;
        let mut at = &mut page;
        for step in way {
            at = match step {
                Step::Member(name) => at.get_mut(name)?,
                Step::Element(index) => at.get_mut(index)?,
            };
        }
        match (self.damage, last, at) {
            (Damage::Remove, Step::Member(name), Value::Object(members)) => {
                members.remove(name)?;
            }
            (Damage::Remove, ..) => return None,
            (damage, Step::Member(name), at) => change(damage, at.get_mut(name)?),
            (damage, Step::Element(index), at) => change(damage, at.get_mut(index)?),
        }
        Some(page)
    }
}

fn change(damage: Damage, value: &mut Value) {
    *value = match (damage, &value) {
        (Damage::Retype, Value::String(_)) => Value::from(7),
        (Damage::Retype, Value::Bool(_)) => Value::from("perhaps"),
        (Damage::Retype, Value::Number(_)) => Value::from("many"),
        _ => Value::Null,
    };
}

/// Every damage that can be done to `page`.
pub fn spots(page: &Value) -> Vec<Spot> {
    let mut spots = Vec::new();
    walk(page, &mut Vec::new(), &mut spots);
    spots
}

fn walk(value: &Value, path: &mut Vec<Step>, spots: &mut Vec<Spot>) {
    let add = |path: &[Step], damage, spots: &mut Vec<Spot>| {
        spots.push(Spot {
            path: path.to_vec(),
            damage,
        })
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                path.push(Step::Member(name.clone()));
                add(path, Damage::Remove, spots);
                walk(member, path, spots);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Element(index));
                // A leaf gets its null below.
                if item.is_object() || item.is_array() {
                    add(path, Damage::Null, spots);
                }
                walk(item, path, spots);
                path.pop();
            }
        }
        _ if path.is_empty() => {}
        // From null to a value would be new data, not damaged data.
        Value::Null => {}
        _ => {
            add(path, Damage::Null, spots);
            add(path, Damage::Retype, spots);
        }
    }
}
