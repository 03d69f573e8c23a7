import { Component, type ReactNode } from "react";
import { Failure } from "../design/Failure";

/** What is shown in place of a page that failed: the reason, and everything around it still works. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error ? <Failure error={this.state.error} /> : this.props.children;
  }
}
