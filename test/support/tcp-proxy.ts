/** A way to a server that can be cut, frozen and made slow. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Milliseconds that everything takes, in either direction. */
  delay = 0;
  /** How often somebody connected. */
  connections = 0;

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.#server = createServer({ noDelay: true }, (near) => {
      this.connections += 1;
      const far = connect({ ...to, noDelay: true });
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  /** Listens at a port of this computer. */
  static async start(host: string, port = 22): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host, port });
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts everything that leads through; new connections are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Nothing arrives any more on what leads through now, in either direction, and nobody is told. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause().removeAllListeners('data');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    const later = (act: () => void): void => {
      if (this.delay === 0) act();
      else setTimeout(act, this.delay);
    };
    from.on('data', (bytes) => later(() => void to.write(bytes)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
