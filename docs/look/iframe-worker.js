// Opened from disk, a browser refuses workers, and the search of the site is one. Here it runs in a hidden frame instead.
if (location.protocol === "file:") {
  const load = (frame, url) =>
    new Promise((loaded) => {
      const script = frame.document.createElement("script");
      script.src = new URL(url, location);
      script.onload = loaded;
      frame.document.body.append(script);
    });

  window.Worker = window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const element = document.createElement("iframe");
      element.hidden = true;
      document.body.append(element);
      this.frame = element.contentWindow;
      this.frame.document.open();
      this.frame.document.write("<!doctype html><title>Search</title><body></body>");
      this.frame.document.close();
      this.frame.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.frame.importScripts = async (...urls) => {
        for (const one of urls) await load(this.frame, one);
      };
      this.ready = load(this.frame, url);
    }

    postMessage(data) {
      this.ready.then(() => this.frame.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
