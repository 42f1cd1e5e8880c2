/** Headers that are the same for every answer. The content security policy has a nonce, so proxy.ts sends it. */
const headers = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
];

/** A promise for a year, which only an address that is served over TLS can make. */
const transportHeaders = [{ key: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' }];

// `npm run bench` makes a build of its own, in which the routes that it compares with exist.
const isBench = process.env.PERENNIAL_BENCH === '1';

const distDir = isBench ? '.next-bench' : '.next';

/** @type {import('next').NextConfig} */
export default {
  distDir,
  env: { BUILD_FOLDER: distDir },
  pageExtensions: isBench ? ['tsx', 'ts', 'bench.tsx', 'bench.ts'] : ['tsx', 'ts'],
  reactStrictMode: true,
  poweredByHeader: false,
  // The optimiser is a part that strangers reach and that we have no picture for.
  images: { unoptimized: true },
  serverExternalPackages: ['nodemailer', 'postgres'],
  turbopack: { root: import.meta.dirname },
  // `npm run verify` checks the types of everything; a build need not do it again.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  // The first page paints without asking for a style sheet; proxy.ts allows what is written in by its hash.
  experimental: { inlineCss: true },
  headers: async () => [
    { source: '/:path*', headers },
    // A mailed link is a key: the page that it leads to must not learn it.
    { source: '/go/:path*', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] },
    // So is this one; its form is posted without scripts too, and a browser then names our origin only under this policy.
    { source: '/confirm-email', headers: [{ key: 'Referrer-Policy', value: 'same-origin' }] },
    {
      source: '/:path*',
      has: [{ type: 'header', key: 'x-forwarded-proto', value: 'https' }],
      headers: transportHeaders,
    },
  ],
};
