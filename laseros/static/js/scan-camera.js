/*
 * The camera reads codes: by the browser's own detector where there is one, else by zxing, loaded when it is first needed.
 *
 *   scanCamera.start(video, {script, wasm}, onCode)   resolves when the picture runs; throws what the browser says
 *   scanCamera.stop()
 */
(() => {
  "use strict";
  const EVERY_MS = 120;
  const SAME_MS = 2500; // a code in view is read again and again: it counts once until it was away for this long
  const LONGEST_SIDE = 960;
  let stream = null;
  let timer = null;
  let last = { text: "", at: 0 };

  async function native() {
    if (!("BarcodeDetector" in window)) return null;
    try {
      const formats = await window.BarcodeDetector.getSupportedFormats();
      if (!formats.includes("qr_code")) return null;
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
    } catch {
      return null;
    }
  }

  function load(script) {
    if (window.ZXingWASM) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = script;
      element.onload = resolve;
      element.onerror = () => reject(new Error("zxing"));
      document.head.append(element);
    });
  }

  async function zxing({ script, wasm }) {
    await load(script);
    await window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      if (!canvas.width) return "";
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = context.getImageData(0, 0, canvas.width, canvas.height);
      const found = await window.ZXingWASM.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
      return found[0]?.text ?? "";
    };
  }

  async function start(video, sources, onCode) {
    stop();
    if (!navigator.mediaDevices?.getUserMedia) throw new Error("insecure");
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    video.srcObject = stream;
    await video.play();
    const read = (await native()) ?? (await zxing(sources));
    const mine = stream;
    const round = async () => {
      if (stream !== mine) return;
      try {
        if (document.visibilityState === "visible" && video.readyState >= 2) heard(await read(video), onCode);
      } catch {
        /* a frame that could not be read: the next one comes */
      }
      if (stream === mine) timer = setTimeout(round, EVERY_MS);
    };
    round();
  }

  function heard(text, onCode) {
    if (!text) return;
    const now = Date.now();
    const same = text === last.text && now - last.at < SAME_MS;
    last = { text, at: now };
    if (!same) onCode(text);
  }

  function stop() {
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  }

  const running = () => stream !== null;
  window.scanCamera = { start, stop, running };
})();
