//! Do the countries agree? Certificates name them with two letters, the MRZ with three (ISO 3166-1; ICAO Doc 9303-3 §5
//! part D for the exceptions).
//!
//! Invariants: a code that is not known is undecided, never a disagreement.

/// Whether a certificate's country and an MRZ's issuing state are the same. `None` where a code is not known.
pub fn agree(certificate: &str, issuing_state: &str) -> Option<bool> {
    let certificate = certificate.to_ascii_uppercase();
    if let Some((_, states)) = EXCEPTIONS.iter().find(|(code, _)| *code == certificate) {
        return Some(states.contains(&issuing_state));
    }
    let code = CODES.split(' ').find(|code| code.starts_with(&certificate) && certificate.len() == 2)?;
    let known_state = CODES.split(' ').any(|code| code.get(2..) == Some(issuing_state));
    if code.get(2..) == Some(issuing_state) {
        return Some(true);
    }
    known_state.then_some(false)
}

/// Codes whose documents carry something other than the three letters of ISO 3166.
const EXCEPTIONS: [(&str, &[&str]); 5] = [
    ("DE", &["D"]),
    ("UN", &["UNO", "UNA", "UNK"]),
    ("EU", &["EUE"]),
    ("GB", &["GBR", "GBD", "GBN", "GBO", "GBP", "GBS"]),
    // The United Nations' older country signers, and specimens of Utopia (a code that ISO 3166-1 leaves to its users).
    ("ZZ", &["UTO", "UNO", "UNA", "UNK"]),
];

/// Two letters and three, side by side.
const CODES: &str = "\
    AFAFG ALALB DZDZA ASASM ADAND AOAGO AIAIA AQATA AGATG ARARG AMARM AWABW AUAUS ATAUT AZAZE BSBHS BHBHR \
    BDBGD BBBRB BYBLR BEBEL BZBLZ BJBEN BMBMU BTBTN BOBOL BQBES BABIH BWBWA BVBVT BRBRA IOIOT BNBRN BGBGR \
    BFBFA BIBDI CVCPV KHKHM CMCMR CACAN KYCYM CFCAF TDTCD CLCHL CNCHN CXCXR CCCCK COCOL KMCOM CGCOG CDCOD \
    CKCOK CRCRI CICIV HRHRV CUCUB CWCUW CYCYP CZCZE DKDNK DJDJI DMDMA DODOM ECECU EGEGY SVSLV GQGNQ ERERI \
    EEEST SZSWZ ETETH FKFLK FOFRO FJFJI FIFIN FRFRA GFGUF PFPYF TFATF GAGAB GMGMB GEGEO DEDEU GHGHA GIGIB \
    GRGRC GLGRL GDGRD GPGLP GUGUM GTGTM GGGGY GNGIN GWGNB GYGUY HTHTI HMHMD VAVAT HNHND HKHKG HUHUN ISISL \
    ININD IDIDN IRIRN IQIRQ IEIRL IMIMN ILISR ITITA JMJAM JPJPN JEJEY JOJOR KZKAZ KEKEN KIKIR KPPRK KRKOR \
    KWKWT KGKGZ LALAO LVLVA LBLBN LSLSO LRLBR LYLBY LILIE LTLTU LULUX MOMAC MGMDG MWMWI MYMYS MVMDV MLMLI \
    MTMLT MHMHL MQMTQ MRMRT MUMUS YTMYT MXMEX FMFSM MDMDA MCMCO MNMNG MEMNE MSMSR MAMAR MZMOZ MMMMR NANAM \
    NRNRU NPNPL NLNLD NCNCL NZNZL NINIC NENER NGNGA NUNIU NFNFK MKMKD MPMNP NONOR OMOMN PKPAK PWPLW PSPSE \
    PAPAN PGPNG PYPRY PEPER PHPHL PNPCN PLPOL PTPRT PRPRI QAQAT REREU ROROU RURUS RWRWA BLBLM SHSHN KNKNA \
    LCLCA MFMAF PMSPM VCVCT WSWSM SMSMR STSTP SASAU SNSEN RSSRB SCSYC SLSLE SGSGP SXSXM SKSVK SISVN SBSLB \
    SOSOM ZAZAF GSSGS SSSSD ESESP LKLKA SDSDN SRSUR SJSJM SESWE CHCHE SYSYR TWTWN TJTJK TZTZA THTHA TLTLS \
    TGTGO TKTKL TOTON TTTTO TNTUN TRTUR TMTKM TCTCA TVTUV UGUGA UAUKR AEARE GBGBR USUSA UMUMI UYURY UZUZB \
    VUVUT VEVEN VNVNM VGVGB VIVIR WFWLF EHESH YEYEM ZMZMB ZWZWE AXALA KSRKS XKXKX";
