// Uploads one file with the real tus-js-client, as the JSON on the command line says, and prints what became of it:
// {"url", "error", "status", "requests": ["PATCH 204", ...]}.
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, writeSync } from 'node:fs'
import * as tus from 'tus-js-client'

const said = JSON.parse(process.argv[2])
const content = readFileSync(said.file)
const requests = []
let lies = said.wrongOffsets ?? 0

const upload = new tus.Upload(createReadStream(said.file), {
  endpoint: said.endpoint,
  uploadUrl: said.uploadUrl ?? null,
  headers: { Authorization: `Bearer ${said.token}`, 'Accept-Language': 'ar' },
  metadata: { filename: said.name, filetype: 'application/x-whatever' },
  chunkSize: said.chunkSize ?? Infinity,
  retryDelays: said.retryDelays ?? null,
  overridePatchMethod: said.overridePatchMethod ?? false,
  storeFingerprintForResuming: false,
  onBeforeRequest(request) {
    const offset = request.getHeader('Upload-Offset')
    if (offset === undefined) return
    if (said.checksum) {
      // tus-js-client leaves this extension to its user.
      const start = Number(offset)
      const bytes = content.subarray(start, start + (said.chunkSize ?? content.length))
      const digest = createHash(said.checksum).update(said.wrongChecksum ? 'other' : bytes).digest('base64')
      request.setHeader('Upload-Checksum', `${said.checksum} ${digest}`)
    }
    if (lies > 0) {
      lies -= 1
      request.setHeader('Upload-Offset', String(Number(offset) + 1))
    }
  },
  onAfterResponse(request, response) {
    requests.push(`${request.getMethod()} ${response.getStatus()}`)
  },
  onError(error) {
    const response = error.originalResponse
    end({ error: error.message, status: response?.getStatus() ?? null, body: response?.getBody() ?? null })
  },
  onSuccess() {
    end({})
  },
})

function end(outcome) {
  writeSync(1, `${JSON.stringify({ url: upload.url, requests, ...outcome })}\n`)
  process.exit(0)
}

upload.start()
