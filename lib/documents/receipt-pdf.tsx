import { Document, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer';
import { lineTotal } from '@/lib/core/amounts';
import { formatCents } from '@/lib/core/money';
import {
  ADMINISTRATOR_DECIDES,
  lineDetail,
  REFUND_TIME,
  type Receipt,
  type ReceiptFact,
  receiptExtras,
  receiptFacts,
} from '@/lib/core/receipt';
import { FONT_FAMILY, prepareFonts, STRONG, writable } from './fonts';

/** `createdAt` is what the file says of its own age: when it was asked for. */
export interface RenderOptions {
  createdAt: Date;
}

/** Makes the PDF of a receipt: one US letter page, more where it has many items, with its typeface inside. */
export async function renderReceipt(receipt: Receipt, { createdAt }: RenderOptions): Promise<Buffer> {
  prepareFonts();
  return renderToBuffer(<ReceiptDocument receipt={receipt} createdAt={createdAt} />);
}

const INK = '#112922';
const MUTED = '#4c5d55';
const LINE = '#dfdcd4';

const styles = StyleSheet.create({
  page: { fontFamily: FONT_FAMILY, fontSize: 10.5, color: INK, padding: 56, paddingTop: 48, paddingBottom: 72 },
  merchant: { fontSize: 11, fontWeight: STRONG },
  title: { fontSize: 22, lineHeight: 1.25, fontWeight: STRONG, marginTop: 18, marginBottom: 12 },
  // A line height on the page would hide what is written last, the foot; and it counts by the size that stands beside it.
  row: {
    fontSize: 10.5,
    lineHeight: 1.35,
    flexDirection: 'row',
    justifyContent: 'space-between',
    borderTopWidth: 0.75,
    borderTopColor: LINE,
    paddingVertical: 4,
  },
  last: { borderBottomWidth: 0.75, borderBottomColor: LINE },
  term: { color: MUTED, width: '32%' },
  value: { width: '66%', textAlign: 'right' },
  heading: { fontSize: 13, fontWeight: STRONG, marginTop: 22, marginBottom: 8 },
  item: { width: '76%' },
  detail: { color: MUTED, fontSize: 9.5 },
  amount: { width: '22%', textAlign: 'right' },
  total: { fontWeight: STRONG },
  note: { color: MUTED, fontSize: 9.5, marginTop: 12 },
  foot: { position: 'absolute', left: 56, right: 56, bottom: 36, color: MUTED, fontSize: 9 },
});

function ReceiptDocument({ receipt, createdAt }: { receipt: Receipt } & RenderOptions) {
  const { merchant, number } = receipt;
  const title = `Receipt of ${merchant.name}${number === null ? '' : `, number ${number}`}`;
  return (
    <Document
      title={title}
      author={merchant.name}
      subject="Receipt of a paid order"
      language="en-US"
      creator={merchant.name}
      producer="Perennial"
      creationDate={createdAt}
      pdfVersion="1.7"
    >
      <Page size="LETTER" style={styles.page}>
        <Text style={styles.merchant}>{writable(merchant.name)}</Text>
        <Text style={styles.title}>{number === null ? 'Receipt' : `Receipt ${number}`}</Text>
        <Facts facts={receiptFacts(receipt)} />
        <Text style={styles.heading} minPresenceAhead={60}>
          Items
        </Text>
        <Items receipt={receipt} />
        {receipt.refunds.length > 0 && <Text style={styles.note}>{REFUND_TIME}</Text>}
        <Text style={styles.note}>{ADMINISTRATOR_DECIDES}</Text>
        <Foot receipt={receipt} />
      </Page>
    </Document>
  );
}

function Facts({ facts }: { facts: readonly ReceiptFact[] }) {
  return facts.map(({ term, value }, index) => (
    <View key={`${term} ${value}`} style={[styles.row, index === facts.length - 1 ? styles.last : {}]} wrap={false}>
      <Text style={styles.term}>{term}</Text>
      <Text style={styles.value}>{writable(value)}</Text>
    </View>
  ));
}

function Items({ receipt }: { receipt: Receipt }) {
  return (
    <>
      {receipt.lines.map((line) => (
        <View key={line.position} style={styles.row} wrap={false}>
          <View style={styles.item}>
            <Text>{writable(line.name)}</Text>
            <Text style={styles.detail}>{lineDetail(line)}</Text>
          </View>
          <Text style={styles.amount}>{formatCents(lineTotal(line))}</Text>
        </View>
      ))}
      {receiptExtras(receipt).map(({ label, amountCents }) => (
        <View key={label} style={styles.row} wrap={false}>
          <Text style={styles.term}>{label}</Text>
          <Text style={styles.amount}>{formatCents(amountCents)}</Text>
        </View>
      ))}
      <View style={[styles.row, styles.last, styles.total]} wrap={false}>
        <Text style={styles.item}>Total</Text>
        <Text style={styles.amount}>{formatCents(receipt.totalCents)}</Text>
      </View>
    </>
  );
}

function Foot({ receipt: { merchant, number } }: { receipt: Receipt }) {
  const name = number === null ? merchant.name : `${merchant.name}, receipt ${number}`;
  return (
    <View style={styles.foot} fixed>
      <Text render={({ pageNumber, totalPages }) => `${writable(name)}. Page ${pageNumber} of ${totalPages}.`} />
    </View>
  );
}
