//! ES256 signatures (RFC 7518 section 3.4) that are the same each time they are made: the nonce is that of RFC 6979, the arithmetic is
//! OpenSSL's. OpenSSL's own signing takes a random nonce, and before version 3.2 knows no other.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcPoint};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use rfc6979::KGenerator;
use rfc6979::bigint::{Odd, U256};
use sha2::{Digest as _, Sha256};

/// Octets of a number of the curve.
const LENGTH: i32 = 32;
const NUMBER: usize = 32;
/// The order of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).
const ORDER: Odd<U256> =
    Odd::<U256>::from_be_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/// A private key of P-256.
pub(super) struct Es256Key {
    octets: [u8; NUMBER],
    number: BigNum,
    group: EcGroup,
    order: BigNum,
}

impl Es256Key {
    /// The key of this private number; none if it is 0 or beyond the order of the curve.
    pub(super) fn new(octets: &[u8]) -> Result<Option<Self>, ErrorStack> {
        let Ok(octets) = <[u8; NUMBER]>::try_from(octets) else {
            return Ok(None);
        };
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let mut order = BigNum::new()?;
        group.order(&mut order, &mut *BigNumContext::new()?)?;
        let number = BigNum::from_slice(&octets)?;
        let is_in_range = number.num_bits() > 0 && number < order;
        Ok(is_in_range.then_some(Self {
            octets,
            number,
            group,
            order,
        }))
    }

    /// The coordinates of the public key.
    pub(super) fn public(&self) -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
        let mut context = BigNumContext::new()?;
        let (x, y) = self.multiple_of_generator(&self.number, &mut context)?;
        Ok((x.to_vec_padded(LENGTH)?, y.to_vec_padded(LENGTH)?))
    }

    /// The signature over `message`: r and s, 32 octets each (SEC 1 section 4.1.3).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let digest: [u8; NUMBER] = Sha256::digest(message).into();
        let mut nonces =
            KGenerator::<Sha256, U256>::new(&self.octets, &digest, b"", ORDER.as_ref());
        let hash = BigNum::from_slice(&digest)?;
        let mut context = BigNumContext::new()?;
        loop {
            let mut nonce = [0; NUMBER];
            nonces.fill_next_k(&mut nonce);
            // OpenSSL takes ten times as long for it, which is half of a signature.
            let inverse = U256::from_be_slice(&nonce).invert_odd_mod(&ORDER);
            let Some(inverse) = inverse.into_option() else {
                continue;
            };
            let inverse = BigNum::from_slice(inverse.to_be_bytes().as_ref())?;
            let nonce = BigNum::from_slice(&nonce)?;
            let (x, _) = self.multiple_of_generator(&nonce, &mut context)?;
            let mut r = BigNum::new()?;
            r.nnmod(&x, &self.order, &mut context)?;
            // s = (hash + r d) / nonce
            let (mut product, mut sum) = (BigNum::new()?, BigNum::new()?);
            product.mod_mul(&r, &self.number, &self.order, &mut context)?;
            sum.mod_add(&product, &hash, &self.order, &mut context)?;
            let mut s = BigNum::new()?;
            s.mod_mul(&inverse, &sum, &self.order, &mut context)?;
            // One signature in 2^256 would be none.
            if r.num_bits() > 0 && s.num_bits() > 0 {
                let (r, s) = (r.to_vec_padded(LENGTH)?, s.to_vec_padded(LENGTH)?);
                return Ok([r, s].concat());
            }
        }
    }

    fn multiple_of_generator(
        &self,
        factor: &BigNum,
        context: &mut BigNumContext,
    ) -> Result<(BigNum, BigNum), ErrorStack> {
        let mut point = EcPoint::new(&self.group)?;
        point.mul_generator2(&self.group, factor, context)?;
        let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
        point.affine_coordinates(&self.group, &mut x, &mut y, context)?;
        Ok((x, y))
    }
}

#[cfg(test)]
mod tests {
    use super::Es256Key;

    /// RFC 6979, A.2.5; signatures with this key are in `tests/signatures/right.rs`.
    #[test]
    fn a_public_key_is_that_of_the_rfc() {
        let octets = |text: &str| hex::decode(text).expect("hex");
        let private = octets("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
        let key = Es256Key::new(&private).expect("OpenSSL").expect("a key");
        let public = (
            octets("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
            octets("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"),
        );
        assert_eq!(key.public().expect("a point"), public);
    }

    #[test]
    fn numbers_beyond_the_order_are_no_keys() {
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
        let below = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
        let zero = "00".repeat(32);
        for (number, is_key) in [(order, false), (below, true), (&zero, false), ("01", false)] {
            let octets = hex::decode(number).expect("hex");
            let key = Es256Key::new(&octets).expect("OpenSSL");
            assert_eq!(key.is_some(), is_key, "{number}");
        }
    }
}
