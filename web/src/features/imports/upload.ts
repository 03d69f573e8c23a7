/** Sends a file as it is, and tells how far it is: `fetch` can't. */
import { csrfHeader, Refusal, type Schemas } from "../../api/client";

export function upload(file: File, onProgress: (share: number) => void): Promise<Schemas["ImportView"]> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/imports?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader(...csrfHeader());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => fail(new Error("The connection was lost."));
    request.onload = () => {
      const answer: unknown = JSON.parse(request.responseText || "{}");
      if (request.status < 300) done(answer as Schemas["ImportView"]);
      else {
        const detail = (answer as { error?: Partial<Schemas["ErrorDetail"]> }).error;
        fail(new Refusal(request.status, detail ?? {}));
      }
    };
    request.send(file);
  });
}
