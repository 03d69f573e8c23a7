//! Steps that send.

use super::Context;
use crate::compile::operand::period_of;
use crate::id::TemplateName;
use crate::source::codes;
use crate::source::grammar::TextKind;
use crate::source::grammar::step::SEND;
use crate::source::yaml::Node;
use crate::workflow::Send;

impl Context<'_, '_> {
    pub(super) fn send(&mut self, node: &Node) -> Option<Send> {
        let entry = node.entries().iter().find(|entry| SEND.field(node, &entry.key).is_none())?;
        if TextKind::Channel.check(&entry.key).is_err() {
            return None;
        }
        let channel = self.reading.channel(&entry.key, entry.place);
        let template = entry.value.text()?;
        if self.reading.names.channels.contains(&entry.key) {
            self.reading.template_for(template, &entry.key, entry.value.place);
        }
        let category =
            node.get("category").and_then(|node| Some(self.reading.category(node.text()?, node.place)));
        if category.is_none() && self.category.is_none() {
            let diagnostic =
                self.reading.say(&codes::MISSING_CATEGORY, entry.place, "this message has no category");
            diagnostic.why = Some("a contact opts out of categories, and caps count them".to_owned());
            diagnostic.fix =
                Some("give the workflow a `category:`, such as `offers` or `transactional`".to_owned());
        }
        Some(Send {
            channel,
            template: TemplateName::from(template),
            category,
            expires: period_of(node, "expires"),
            priority: node.get("priority").and_then(Node::integer).map_or(0, |number| number as i32),
            on_blocked: self.otherwise(node.get("on_blocked")),
        })
    }
}
