// Serves a site as a web host does: under a sub-path, compressed, with its 404.html for what is not there.

import { createServer } from 'node:http';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Where the site lies on its host, so that a link from the host's root shows itself as broken. */
export const MOUNT = '/daybook/';

const PACKED = {
  '': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.log': 'text/plain; charset=utf-8',
  '.nw': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml',
  // What the machine in the page is made of packs well, so hosts that pack at all pack it.
  '.bin': 'application/octet-stream',
  '.wasm': 'application/wasm',
};
const BINARY = {
  '.elf': 'application/octet-stream',
  '.epub': 'application/epub+zip',
  '.gz': 'application/gzip',
  '.ico': 'image/x-icon',
  '.iso': 'application/octet-stream',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
};

/** The file that an address means, or undefined. */
function fileAt(root, mount, pathname) {
  if (!pathname.startsWith(mount)) return undefined;
  let file = path.join(root, decodeURIComponent(pathname.slice(mount.length)));
  if (pathname.endsWith('/')) file = path.join(file, 'index.html');
  if (file !== root && !file.startsWith(root + path.sep)) return undefined;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

const packed = new Map(); // the body of each file that was sent

function sendText(response, status, type, file) {
  if (!packed.has(file)) packed.set(file, gzipSync(readFileSync(file)));
  const body = packed.get(file);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.writeHead(status).end(body);
}

/**
 * Serves `root` on this machine until `close()`. `delay` says how many milliseconds the answer for a path below the
 * mount is held back; `sent` hears of every answer, with its media type and the bytes of its body on the wire.
 */
export async function serve(root, { mount = MOUNT, delay = () => 0, sent = () => {} } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    response.on('finish', () => {
      sent(response.getHeader('Content-Type'), Number(response.getHeader('Content-Length') ?? 0));
    });
    const answer = () => {
      const file = fileAt(root, mount, pathname);
      if (!file && !pathname.startsWith(mount)) {
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not below the site\n');
        return;
      }
      if (!file) {
        sendText(response, 404, PACKED['.html'], path.join(root, '404.html'));
        return;
      }
      const extension = path.extname(file);
      if (extension in PACKED) {
        sendText(response, 200, PACKED[extension], file);
      } else if (extension in BINARY) {
        response.setHeader('Content-Type', BINARY[extension]);
        response.setHeader('Content-Length', statSync(file).size);
        createReadStream(file).pipe(response);
      } else {
        response.writeHead(500).end(`tests/site/browser/lib/server.js has no type for ${extension}\n`);
      }
    };
    setTimeout(answer, delay(pathname.slice(mount.length)));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    address: `http://127.0.0.1:${server.address().port}${mount}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => { server.close(resolve); });
    },
  };
}
