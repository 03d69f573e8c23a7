//! The rules of Wend, and nothing else: contacts, events, segments, workflows, policies and advance.
