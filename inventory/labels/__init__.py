"""Labels with a QR code: their sizes (`formats`), what stands on one (`label`), and the PDF (`paper`)."""
