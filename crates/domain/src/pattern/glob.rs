//! Texts with stars in them, matched in one pass.
//!
//! All positions in the pattern that the text read so far may have led to are kept as a set of bits; each character
//! moves the set once. There is no going back, so that no pattern takes longer than its length times the text's.

use std::borrow::Cow;

use crate::pattern::{PATTERN_BYTES_MAX, address};

/// A text with stars in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    tokens: Vec<Token>,
}

/// What a part of a pattern takes from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// This character.
    One(char),
    /// Any run of characters but slashes.
    WithinPart,
    /// Any run of characters.
    Any,
    /// Any number of folders, each with the slash behind it.
    Folders,
}

/// The most tokens that a pattern comes to: one each byte, and what is put around a path.
const TOKENS_MAX: usize = PATTERN_BYTES_MAX + 12;

/// The words of a set with a bit for each token, and one for the end.
const WORDS: usize = TOKENS_MAX.div_ceil(64) + 1;

impl Glob {
    /// A pattern of a path: stars keep within parts, double stars don't.
    pub(super) fn of_path(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len() + 2);
        // A slash at both ends, as addresses have it, so that a folder always ends in one.
        let parts: Vec<&str> = text.trim_matches('/').split('/').collect();
        tokens.push(Token::One('/'));
        for part in parts.iter().filter(|part| !(part.is_empty() && parts.len() == 1)) {
            if *part == "**" {
                if tokens.last() != Some(&Token::Folders) {
                    tokens.push(Token::Folders);
                }
                continue;
            }
            push(&mut tokens, part, Token::WithinPart);
            tokens.push(Token::One('/'));
        }
        Self::bounded(tokens)
    }

    /// A pattern of anything else: each star is any run.
    pub(super) fn of_text(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        push(&mut tokens, text, Token::Any);
        Self::bounded(tokens)
    }

    fn bounded(tokens: Vec<Token>) -> Self {
        assert!(tokens.len() <= TOKENS_MAX, "a pattern's length was checked before it was taken apart");
        Self { tokens }
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        // Up to the first star there is one way only.
        let mut rest = text.chars();
        let literal = self.tokens.iter().take_while(|token| matches!(token, Token::One(_))).count();
        for token in &self.tokens[..literal] {
            if rest.next().map(Token::One) != Some(*token) {
                return false;
            }
        }
        let mut states = States::default();
        states.enter(&self.tokens, literal);
        for c in rest {
            let mut next = States::default();
            for state in states.iter() {
                match self.tokens.get(state) {
                    Some(Token::One(wanted)) if *wanted == c => next.enter(&self.tokens, state + 1),
                    Some(Token::WithinPart) if c != '/' => next.enter(&self.tokens, state),
                    Some(Token::Any) => next.enter(&self.tokens, state),
                    // Within a folder, the way out is its slash.
                    Some(Token::Folders) if c == '/' => next.enter(&self.tokens, state),
                    Some(Token::Folders) => next.set(state),
                    Some(Token::One(_) | Token::WithinPart) | None => {}
                }
            }
            states = next;
            if states.is_empty() {
                return false;
            }
        }
        states.has(self.tokens.len())
    }
}

/// Appends a text's characters, decoded, with this token for its stars; two stars and more are any run.
fn push(tokens: &mut Vec<Token>, text: &str, star: Token) {
    let mut rest = text;
    while !rest.is_empty() {
        let literal = rest.find('*').unwrap_or(rest.len());
        let decoded: Cow<'_, str> = address::decoded(&rest[..literal]);
        tokens.extend(decoded.chars().map(Token::One));
        rest = &rest[literal..];
        let stars = rest.len() - rest.trim_start_matches('*').len();
        rest = &rest[stars..];
        match stars {
            0 => {}
            1 => tokens.push(star),
            _ => tokens.push(Token::Any),
        }
    }
}

/// A set of positions in a pattern.
#[derive(Clone, Copy, Default)]
struct States([u64; WORDS]);

impl States {
    fn set(&mut self, state: usize) {
        self.0[state / 64] |= 1 << (state % 64);
    }

    fn has(&self, state: usize) -> bool {
        self.0[state / 64] & (1 << (state % 64)) != 0
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Adds a position, and those behind tokens that may take nothing.
    fn enter(&mut self, tokens: &[Token], state: usize) {
        for state in state..=tokens.len() {
            self.set(state);
            match tokens.get(state) {
                Some(Token::WithinPart | Token::Any | Token::Folders) => {}
                Some(Token::One(_)) | None => return,
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(n, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(n * 64 + bit)
            })
        })
    }
}
