"""Containers that other people's programs have made, kept where the program is not at hand.

`bouncycastle/` was made by `python -m tests.signing.made.make` with BouncyCastle 1.72 (Debian's
libbcpkix-java and a JDK), which signs by `Sign.java`; keys were thrown away. `NAME.der` is what a
program writes that asks for DER, `SHA256withECDSA.ber` what it writes unasked.
"""
