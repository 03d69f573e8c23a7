//! The tags that have a block.

use super::expression::{bounded, condition, expression};
use super::{Builder, Parser, tag};
use crate::error::Fault;
use crate::lexer::Tag;
use crate::syntax::{Arm, Block, Branch, Case, Expression, Loop, Node, Offset};
use crate::token::{Cursor, Token};

impl<'s> Parser<'s> {
    pub(super) fn capture(&mut self, tag: Tag<'s>) -> Result<Node, Fault> {
        let mut cursor = Cursor::new(tag.markup)?;
        let name = if let Token::Text(text) = cursor.peek() {
            cursor.advance();
            text.into()
        } else {
            tag::target(&mut cursor)?
        };
        cursor.expect_end()?;
        let (block, _) = self.block(tag, &["endcapture"])?;
        Ok(Node::Capture { name, block })
    }

    /// Parses `if` and `unless` with `elsif` and `else`; what follows an `else` never holds.
    pub(super) fn conditional(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        let end = if tag.name == "if" { "endif" } else { "endunless" };
        let mut branches: Vec<Branch> = Vec::new();
        let mut opening = tag;
        loop {
            let condition = if opening.name == "else" {
                if opening.markup.text.starts_with("if ") {
                    return Err(Fault::syntax(opening.at, "`else if` is written `elsif`"));
                }
                None
            } else {
                Some(condition(opening.markup)?)
            };
            let (block, ending) = self.block(tag, &["elsif", "else", end])?;
            branches.push(Branch { condition, wanted: opening.name != "unless", block });
            opening = ending;
            if opening.name == end {
                break;
            }
        }
        let blank = branches.iter().all(|branch| branch.block.blank);
        if blank {
            for branch in &mut branches {
                branch.block.remove_blank_text();
            }
        }
        builder.push_blocks(Node::If(branches), blank);
        Ok(())
    }

    pub(super) fn case(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        let mut cursor = Cursor::new(tag.markup)?;
        let subject = expression(&mut cursor)?;
        cursor.expect_end()?;
        let endings = ["when", "else", "endcase"];
        let (_, mut opening) = self.block(tag, &endings)?;
        let mut arms: Vec<Arm> = Vec::new();
        while opening.name != "endcase" {
            let values = if opening.name == "else" { None } else { Some(when_values(opening)?) };
            let (block, ending) = self.block(tag, &endings)?;
            arms.push(Arm { values, block });
            opening = ending;
        }
        let blank = arms.iter().all(|arm| arm.block.blank);
        if blank {
            for arm in &mut arms {
                arm.block.remove_blank_text();
            }
        }
        builder.push_blocks(Node::Case(Box::new(Case { subject, arms })), blank);
        Ok(())
    }

    pub(super) fn for_loop(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        let mut head = loop_head(tag, &["limit", "offset"])?;
        let (block, mut ending) = self.block(tag, &["else", "endfor"])?;
        head.block = block;
        while ending.name == "else" {
            let (otherwise, next) = self.block(tag, &["else", "endfor"])?;
            head.otherwise = Some(otherwise);
            ending = next;
        }
        let blank = head.block.blank && head.otherwise.as_ref().is_none_or(|block| block.blank);
        if blank {
            head.block.remove_blank_text();
            head.otherwise.iter_mut().for_each(Block::remove_blank_text);
        }
        builder.push_blocks(Node::For(Box::new(head)), blank);
        Ok(())
    }

    pub(super) fn table_row(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        let mut head = loop_head(tag, &["limit", "offset", "cols"])?;
        let (block, _) = self.block(tag, &["endtablerow"])?;
        head.block = block;
        builder.push(Node::TableRow(Box::new(head)));
        Ok(())
    }

    pub(super) fn if_changed(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        let (block, _) = self.block(tag, &["endifchanged"])?;
        let blank = block.blank;
        builder.push_blocks(Node::IfChanged(block), blank);
        Ok(())
    }
}

fn when_values(tag: Tag<'_>) -> Result<Vec<Expression>, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let mut values = vec![expression(&mut cursor)?];
    while cursor.take_symbol(",") || cursor.take_word("or") {
        bounded(values.len(), &cursor)?;
        values.push(expression(&mut cursor)?);
    }
    cursor.expect_end()?;
    Ok(values)
}

/// Parses `variable in collection [reversed] [limit: n] [offset: n] [cols: n]`.
fn loop_head(tag: Tag<'_>, attributes: &[&str]) -> Result<Loop, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    if cursor.peek() == Token::End {
        return Err(never_complete(tag));
    }
    let variable = cursor.expect_identifier("the name of a variable")?;
    if !cursor.take_word("in") {
        return Err(cursor.unexpected("`in`"));
    }
    let collection_at = cursor.at();
    let collection = expression(&mut cursor)?;
    let written: String = cursor.source_since(collection_at).split_whitespace().collect();
    let name = format!("{variable}-{written}");
    let mut head = Loop {
        variable: variable.into(),
        collection,
        name: name.into(),
        reversed: false,
        limit: None,
        offset: None,
        columns: None,
        block: Block::default(),
        otherwise: None,
        at: tag.at,
    };
    while cursor.peek() != Token::End {
        cursor.take_symbol(",");
        if tag.name == "for" && cursor.take_word("reversed") {
            head.reversed = true;
            continue;
        }
        let known = matches!(cursor.peek(), Token::Identifier(name) if attributes.contains(&name));
        if !known {
            return Err(cursor.unexpected(&format!("`{}`", attributes.join("`, `"))));
        }
        let attribute = cursor.expect_identifier("an argument")?;
        cursor.expect_symbol(":")?;
        if attribute == "offset" && tag.name == "for" && cursor.take_word("continue") {
            head.offset = Some(Offset::Continue);
            continue;
        }
        let value = expression(&mut cursor)?;
        match attribute {
            "limit" => head.limit = Some(value),
            "offset" => head.offset = Some(Offset::At(value)),
            _ => head.columns = Some(value),
        }
    }
    Ok(head)
}

fn never_complete(tag: Tag<'_>) -> Fault {
    Fault::syntax(tag.at, format!("`{0}` needs a loop: `{{% {0} item in items %}}`", tag.name))
}
