//! Steps that reach beyond the run: other systems, people, other workflows.

use super::Context;
use super::blocks::Starts;
use crate::source::yaml::Node;
use crate::workflow::Action;

impl Context<'_, '_> {
    pub(super) fn webhook(&mut self, _node: &Node, _starts: &Starts) -> Option<Action> {
        None
    }

    pub(super) fn task(&mut self, _node: &Node, _starts: &Starts) -> Option<Action> {
        None
    }

    pub(super) fn enter(&mut self, _node: &Node) -> Option<Action> {
        None
    }

    pub(super) fn exit_workflow(&mut self, _node: &Node) -> Option<Action> {
        None
    }

    pub(super) fn call(&mut self, _step: &Node, _node: &Node, _starts: &Starts) -> Option<Action> {
        None
    }
}
