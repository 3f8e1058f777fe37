import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** Signs text.txt of a folder as each NAME.pk8 says (NAME is the signature algorithm), as NAME.der and NAME.ber. */
public class Sign {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Path folder = Path.of(arguments[0]);
        byte[] text = Files.readAllBytes(folder.resolve("text.txt"));
        var issuing = new X509CertificateHolder(Files.readAllBytes(folder.resolve("issuing.cer")));
        try (var keys = Files.newDirectoryStream(folder, "*.pk8")) {
            for (Path key : keys) {
                String name = key.getFileName().toString().replace(".pk8", "");
                String kind = name.endsWith("ECDSA") ? "EC" : "RSA";
                var secret = KeyFactory.getInstance(kind, "BC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key)));
                byte[] der = Files.readAllBytes(folder.resolve(name + ".cer"));
                var certificate = new X509CertificateHolder(der);
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(der);
                var bound = new SigningCertificateV2(new ESSCertIDv2[] {new ESSCertIDv2(hash)});
                var attributes = new ASN1EncodableVector();
                attributes.add(new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(bound)));
                SignerInfoGenerator signer = new SignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                    .setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)))
                    .build(new JcaContentSignerBuilder(name).setProvider("BC").build(secret), certificate);
                var generator = new CMSSignedDataGenerator();
                generator.addSignerInfoGenerator(signer);
                generator.addCertificates(new JcaCertStore(List.of(certificate, issuing)));
                var made = generator.generate(new CMSProcessableByteArray(text), false);
                Files.write(folder.resolve(name + ".der"), made.toASN1Structure().getEncoded(ASN1Encoding.DER));
                Files.write(folder.resolve(name + ".ber"), made.getEncoded());
            }
        }
    }
}
