import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Empty } from "../../design/Empty";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { TaskCard } from "./TaskCard";

/** What people of the team are to do for contacts, due first. */
export default function Tasks() {
  const tasks = useQuery({ queryKey: ["tasks"], queryFn: () => must(api.GET("/api/v1/tasks")) });
  return (
    <div className="stack">
      <h1>{text.tasks.title}</h1>
      <Loaded query={tasks}>
        {({ tasks }) =>
          tasks.length === 0 ? (
            <Empty title={text.tasks.empty} />
          ) : (
            <ul className="stack">
              {tasks.map((task) => (
                <li key={task.id}>
                  <TaskCard task={task} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}
