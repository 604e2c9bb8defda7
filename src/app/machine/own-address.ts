/** Services that tell who asks them from where, by plain text. */
const SERVICES = ['https://checkip.amazonaws.com', 'https://api.ipify.org'];

/** Milliseconds that one of them may take. */
const PATIENCE = 3000;

/** Address from which this computer reaches the internet; undefined when nobody can tell. */
export async function ownAddress(signal: AbortSignal): Promise<string | undefined> {
  for (const service of SERVICES) {
    try {
      const answer = await fetch(service, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
      });
      const text = (await answer.text()).trim();
      if (answer.ok && /^[0-9.]+$|^[0-9a-f:]+$/i.test(text)) return text;
    } catch {
      signal.throwIfAborted();
    }
  }
  return undefined;
}
