import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { StudioEvent } from '../contract/api.ts';

/** A page that falls this far behind is disconnected; it connects again and fetches what it shows. */
const backlogBytes = 8 * 1024 * 1024;
const pingMs = 30_000;

/** The stream of events to all pages. They have nothing to say on it. */
export class Events {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: 1024,
    perMessageDeflate: false,
  });
  private readonly alive = new WeakSet<WebSocket>();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.ping(), pingMs);
    this.timer.unref();
  }

  /** Takes over a connection whose request was let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => {
      this.alive.add(client);
      client.on('pong', () => this.alive.add(client));
      client.on('error', () => client.terminate());
    });
  }

  send(event: StudioEvent): void {
    const text = JSON.stringify(event);
    for (const client of this.server.clients) {
      if (client.bufferedAmount > backlogBytes) client.terminate();
      else client.send(text);
    }
  }

  close(): void {
    clearInterval(this.timer);
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  /** Ends connections whose other end has vanished without a word. */
  private ping(): void {
    for (const client of this.server.clients) {
      if (!this.alive.delete(client)) client.terminate();
      else client.ping();
    }
  }
}
